# shellcheck shell=bash
# The demo store, for those who have no shop at hand. Read by start-dashboard.sh.

prepare_demo_store() {
    local instead="Or start without the demo store: ./start-dashboard.sh --no-demo"
    fresh_log npm
    if [[ ! -d $DEMO_SOURCE/node_modules/graphql || $DEMO_SOURCE/package-lock.json -nt $DEMO_SOURCE/node_modules/.package-lock.json ]]; then
        step "Installing the demo store (npm ci)"
        run_step "$LOG" npm ci --prefix "$DEMO_SOURCE" --no-audit --no-fund || fail_with_log "npm ci failed in src/demo-store." "$instead"
        touch "$DEMO_SOURCE/node_modules/.package-lock.json"
    fi
    if ! compgen -G "$DEMO_SOURCE/.schema/*.gz" >/dev/null; then
        step "Fetching Shopify's published schema (14 MB, once)"
        run_step "$LOG" node "$DEMO_SOURCE/get-schema.mjs" || fail_with_log "Shopify's schema could not be fetched." "$instead"
    fi
}

# The address of the demo shop is stored with the pulled shop, so it stays the same from start to start.
choose_demo_port() {
    if [[ -s $DATA/demo-port ]]; then
        DEMO_PORT=$(<"$DATA/demo-port")
        need_port "$DEMO_PORT" "the demo store of $DATA" "Stop that program, or begin anew with another data folder: --data FOLDER"
    else
        DEMO_PORT=$(free_port $((PORT + 1)))
        printf '%s\n' "$DEMO_PORT" >"$DATA/demo-port"
    fi
}

# A folder belongs to one shop: it keeps the number of products that it was made with.
choose_demo_products() {
    local known
    known=$(grep -oE '"products":[0-9]+' "$DATA/demo-store/shop.json" 2>/dev/null | grep -oE '[0-9]+') || return 0
    [[ $ASKED_PRODUCTS == no || $known == "$DEMO_PRODUCTS" ]] ||
        warn "The demo shop in $DATA was made with $known products and keeps them; --demo-products $DEMO_PRODUCTS needs a new --data FOLDER"
    DEMO_PRODUCTS=$known
}

start_demo_store() {
    find_node
    prepare_demo_store
    choose_demo_port
    choose_demo_products
    fresh_log demo-store
    start_process demo-store "$LOG" node "$DEMO_SOURCE/main.mjs" --port "$DEMO_PORT" --data "$DATA/demo-store" \
        --products "$DEMO_PRODUCTS" --shop "$DEMO_SHOP" --token "$DEMO_TOKEN" --client-id "$DEMO_CLIENT" --client-secret "$DEMO_SECRET"
    wait_for demo-store "$DEMO_PORT" /_demo/health 300 "The demo store"
    export Shopify__Shop=$DEMO_SHOP Shopify__ClientId=$DEMO_CLIENT Shopify__ClientSecret=$DEMO_SECRET Shopify__BaseUrl="http://127.0.0.1:$DEMO_PORT"
    unset Shopify__AccessToken
    # The demo store posts its events to this machine's own dashboard.
    in_settings_file Address || export Webhooks__Address="${Webhooks__Address:-http://127.0.0.1:$PORT}"
    good "Demo store with $DEMO_PRODUCTS products on http://127.0.0.1:$DEMO_PORT"
}
