using System.Globalization;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using CowansDashboard.Accounts;
using CowansDashboard.Runs;
using CowansDashboard.Stores;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.JSInterop;
using Npgsql;
using Radzen;

namespace CowansDashboard.Tests.Web;

/// <summary>Renders a component as a page would hold it, for reading; what needs a press is a browser test.</summary>
public sealed class Rendered : IAsyncDisposable, IDisposable
{
    const string Nowhere = "Host=127.0.0.1;Port=1;Database=nowhere";

    static readonly HtmlParser Parser = new();

    readonly ServiceProvider services;
    readonly HtmlRenderer renderer;

    public Rendered(Action<IServiceCollection>? more = null)
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("en-GB");
        var collection = new ServiceCollection()
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddScoped<NavigationManager, StandingStill>()
            .AddScoped<IJSRuntime, SilentBrowser>()
            .AddScoped<ShellFeed>()
            .AddScoped<Toasts>()
            .AddScoped<Heartbeat>()
            .AddScoped<FollowRuns>()
            .AddScoped<FollowWebhooks>()
            .AddSingleton<CowansDashboard.Webhooks.WebhookFeed>()
            .AddSingleton<BudgetHistory>()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            // Registered, never connected to: nothing here starts a run or asks the database.
            .AddSingleton(NpgsqlDataSource.Create(Nowhere))
            .AddSingleton<RememberStore>()
            .AddSingleton<CowansDashboard.Catalog.Sheets.NameCategories>()
            .AddRuns(Nowhere);
        collection.AddRadzenComponents();
        more?.Invoke(collection);
        services = collection.BuildServiceProvider();
        renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
    }

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public async Task<IElement> Show<T>(params (string Name, object? Value)[] parameters) where T : IComponent =>
        Parser.ParseDocument(await Html<T>(parameters)).Body!;

    public Task<string> Html<T>(params (string Name, object? Value)[] parameters) where T : IComponent =>
        renderer.Dispatcher.InvokeAsync(async () =>
        {
            var view = ParameterView.FromDictionary(parameters.ToDictionary(each => each.Name, each => each.Value));
            return (await renderer.RenderComponentAsync<T>(view)).ToHtmlString();
        });

    public static RenderFragment Words(string text) => builder => builder.AddContent(0, text);

    public async ValueTask DisposeAsync()
    {
        await renderer.DisposeAsync();
        await services.DisposeAsync();
    }

    public void Dispose()
    {
        renderer.Dispose();
        services.Dispose();
    }

    sealed class StandingStill : NavigationManager
    {
        public StandingStill() => Initialize("http://dashboard.test/", "http://dashboard.test/");

        protected override void NavigateToCore(string uri, NavigationOptions options) => Uri = ToAbsoluteUri(uri).ToString();
    }

    sealed class SilentBrowser : IJSRuntime
    {
        public ValueTask<T> InvokeAsync<T>(string identifier, object?[]? args) => ValueTask.FromResult(default(T)!);

        public ValueTask<T> InvokeAsync<T>(string identifier, CancellationToken cancellationToken, object?[]? args) => ValueTask.FromResult(default(T)!);
    }
}
