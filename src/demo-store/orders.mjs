// Orders: placing one takes stock (available becomes committed), fulfilling lets it leave, cancelling and refunding bring it
// back. Which products are ordered follows from a seed, so that the journal gives the same after a restart.

const LINE_IDS = 13_400_000_000_000;
const REFUND_IDS = 880_000_000_000;

/** Ids of orders, every third of them beyond 2^53. */
const orderId = number => number % 3 === 0 ? `35${String(number * 1009 + 7).padStart(17, '0')}` : String(5_900_000_000_000 + number * 1009 + 7);

/**
 * One change of an order: `action` place, cancel, refund or fulfil. `tools` are the shop's writers. Gives { order, refund, topics }.
 */
export function changeOrder(shop, change, tools) {
  const { action = 'place' } = change;
  if (action === 'place') return place(shop, change, tools);
  const order = shop.orders.get(String(change.id).split('/').at(-1));
  if (!order) throw new tools.ChangeError(`no order has the id ${change.id}`);
  switch (action) {
    case 'cancel': return cancel(shop, order, change, tools);
    case 'refund': return refund(shop, order, change, tools);
    case 'fulfil': return fulfil(shop, order, change, tools);
    default: throw new tools.ChangeError(`action '${action}' is not one of place, cancel, refund, fulfil`);
  }
}

function place(shop, change, tools) {
  const { paid = true, test = false, at } = change;
  const number = 1001 + shop.orders.size;
  const wanted = change.lines ?? picked(shop, number, change);
  if (!wanted.length) throw new tools.ChangeError('an order needs lines, and the shop has nothing to order');
  const lines = wanted.map(({ variantId, quantity = 1 }, k) => {
    const variant = tools.variant(variantId);
    if (!(Number.isInteger(quantity) && quantity > 0)) throw new tools.ChangeError('quantity must be a whole number above 0');
    const { product } = variant;
    return {
      id: String(LINE_IDS + number * 256 + k), productId: product.id, variantId: variant.id, quantity, refunded: 0, cents: Math.round(Number(variant.price) * 100), sku: variant.sku, title: product.title,
      variantTitle: variant.title === 'Default Title' ? null : variant.title, vendor: product.vendor, tracked: variant.tracked, location: null,
    };
  });
  const order = { id: orderId(number), number, createdAt: at, updatedAt: at, cancelledAt: null, cancelReason: null, fulfilledAt: null, financialStatus: paid ? 'paid' : 'pending', test, lines, refunds: [] };
  for (const line of lines) {
    const variant = tools.variant(line.variantId);
    const level = variant.tracked ? levelFor(shop, variant, line.quantity) : null;
    if (level) {
      line.location = level.location;
      move(level, { available: -line.quantity, committed: line.quantity }, change, tools);
    }
    ordered(shop, line, change, tools);
  }
  shop.orders.set(order.id, order);
  return { order, topics: ['orders/create', ...(paid ? ['orders/paid'] : [])] };
}

/** A place that sends to customers and has enough, else one that has any. */
function levelFor(shop, variant, quantity) {
  const levels = variant.levels.filter(l => l.isActive && shop.locations[l.location].isActive);
  const online = levels.filter(l => shop.locations[l.location].fulfillsOnlineOrders);
  return online.find(l => l.quantities.available >= quantity) ?? online[0] ?? levels[0] ?? null;
}

function picked(shop, number, { seed = 1, maxLines = 3 }) {
  const random = salt => shop.generator.hash(number + seed * 7919, 500 + salt);
  const count = 1 + random(0) % maxLines, found = new Map();
  for (let tries = 0; tries < 60 && found.size < count && shop.total; tries++) {
    const product = shop.productAt(random(10 + tries) % shop.total);
    if (!product || product.status !== 'ACTIVE') continue;
    const variant = product.variants[random(100 + tries) % product.variantCount];
    found.set(variant.id, { variantId: variant.id, quantity: 1 + random(200 + tries) % 3 });
  }
  return [...found.values()];
}

function move(level, by, { at }, tools) {
  const { quantities } = level, values = { updatedAt: at };
  for (const [name, delta] of Object.entries(by)) values[name] = quantities[name] + delta;
  tools.writeLevel(level, values);
}

/** Shopify moves the product's time with every order and, in most shops, fires products/update (`fireProducts`: false where not). */
function ordered(shop, { productId }, { at, touch = true, fireProducts = true }, tools) {
  const product = shop.productById(productId);
  if (!product) return;
  if (touch) tools.writeProduct(product, { updatedAt: at });
  if (fireProducts) shop.log?.edited('product', product, []);
}

/** The stock level from which a line was taken, when it is still there. */
function takenFrom(shop, line) {
  return line.location === null ? null : shop.variantById(line.variantId)?.levels.find(l => l.location === line.location) ?? null;
}

function cancel(shop, order, change, tools) {
  const { at, restock = true, reason = 'customer' } = change;
  if (order.cancelledAt !== null) throw new tools.ChangeError('the order is cancelled already');
  if (order.fulfilledAt !== null) throw new tools.ChangeError('the order is fulfilled');
  for (const line of order.lines) {
    const level = takenFrom(shop, line), left = line.quantity - line.refunded;
    if (level && left) move(level, { committed: -left, ...(restock ? { available: left } : {}) }, change, tools);
  }
  Object.assign(order, { cancelledAt: at, cancelReason: reason, updatedAt: at, financialStatus: order.financialStatus === 'pending' ? 'voided' : order.financialStatus });
  const topics = ['orders/cancelled', 'orders/updated'];
  if (order.financialStatus !== 'paid') return { order, topics };
  const made = addRefund(order, { at, restock, note: null, lines: order.lines.filter(l => l.quantity > l.refunded).map(l => ({ lineId: l.id, quantity: l.quantity - l.refunded })) });
  return { order, refund: made, topics: [...topics, 'refunds/create'] };
}

function refund(shop, order, change, tools) {
  const { restock = true, note = null, at } = change;
  const lines = (change.lines ?? order.lines.filter(l => l.quantity > l.refunded).map(l => ({ lineId: l.id, quantity: l.quantity - l.refunded }))).map(({ lineId, quantity }) => ({ lineId: String(lineId), quantity }));
  if (!lines.length) throw new tools.ChangeError('nothing of the order is left to refund');
  for (const { lineId, quantity } of lines) {
    const line = order.lines.find(l => l.id === lineId);
    if (!line || !(Number.isInteger(quantity) && quantity > 0) || quantity > line.quantity - line.refunded) throw new tools.ChangeError(`line ${lineId} has not so many left to refund`);
    const level = takenFrom(shop, line);
    if (!level) continue;
    if (order.fulfilledAt === null) move(level, { committed: -quantity, ...(restock ? { available: quantity } : {}) }, change, tools);
    else if (restock) move(level, { available: quantity }, change, tools);
  }
  const made = addRefund(order, { at, restock, note, lines });
  return { order, refund: made, topics: ['refunds/create', 'orders/updated'] };
}

function addRefund(order, { lines, ...rest }) {
  for (const { lineId, quantity } of lines) order.lines.find(l => l.id === lineId).refunded += quantity;
  const made = { id: String(REFUND_IDS + order.number * 64 + order.refunds.length), ...rest, lines };
  order.refunds.push(made);
  order.updatedAt = rest.at;
  order.financialStatus = order.lines.every(l => l.refunded === l.quantity) ? 'refunded' : 'partially_refunded';
  return made;
}

function fulfil(shop, order, change, tools) {
  if (order.cancelledAt !== null || order.fulfilledAt !== null) throw new tools.ChangeError('the order is cancelled or fulfilled already');
  for (const line of order.lines) {
    const level = takenFrom(shop, line), left = line.quantity - line.refunded;
    if (level && left) move(level, { committed: -left }, change, tools);
  }
  Object.assign(order, { fulfilledAt: change.at, updatedAt: change.at });
  return { order, topics: ['orders/fulfilled', 'orders/updated'] };
}
