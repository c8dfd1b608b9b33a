using System.Text.Json;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.Sync;

/// <summary>What a person may ask of a run in its present state.</summary>
public sealed partial class RunActions(PauseRun pause, ResumeRun resume, CancelRun cancel, RetryRun retry)
{
    static readonly JsonElement Yes = JsonSerializer.SerializeToElement(new { goOn = true });

    bool busy;
    string? refused;

    [Parameter, EditorRequired] public RunSnapshot Run { get; set; } = default!;

    [CascadingParameter] public Task<AuthenticationState> SignedIn { get; set; } = default!;

    // A run that nobody asked to pause has paused itself: it tells why, and goes on when a person says so.
    bool AsksToGoOn => Run is { Status: RunStatus.Paused, AskedToStopAt: null };

    Task Pause() => Ask(async by => await pause.Pause(Run.Id, by, CancellationToken.None));

    Task Resume() => Ask(async _ => await resume.Resume(Run.Id, null, CancellationToken.None));

    Task GoOn() => Ask(async _ => await resume.Resume(Run.Id, Yes, CancellationToken.None));

    Task Cancel() => Ask(async by => await cancel.Cancel(Run.Id, by, CancellationToken.None));

    Task Retry() => Ask(async by => await retry.Retry(Run.Id, by, CancellationToken.None));

    async Task Ask(Func<AskedBy, Task<AskOutcome>> ask)
    {
        (busy, refused) = (true, null);
        try
        {
            // The run moved on between the click and the question: its new state is already on the page.
            refused = (await ask((await SignedIn).User.AsAskedBy()) as AskOutcome.Refused)?.Sentence;
        }
        finally
        {
            busy = false;
        }
    }
}
