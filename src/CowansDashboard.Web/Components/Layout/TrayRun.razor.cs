using System.Data.Common;
using System.Globalization;
using CowansDashboard.Runs;
using CowansDashboard.Web.Components.Kit;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Web.Components.Layout;

public sealed partial class TrayRun(PauseRun pause, ResumeRun resume, CancelRun cancelRun, TimeProvider clock)
{
    string? refusal;

    [Parameter, EditorRequired] public ShellRun Run { get; set; } = default!;

    [Parameter] public ShellPerson? Person { get; set; }

    [CascadingParameter] public ShellStore? Store { get; set; }

    AskedBy Asker => new(Person!.Id.ToString(CultureInfo.InvariantCulture), Person.Name);

    string Moment => Run switch
    {
        { Finished: { } finished } => When.Age(finished, clock.GetUtcNow(), Store?.TimeZone),
        { Started: { } started } => $"started {When.Clock(started, clock.GetUtcNow(), Store?.TimeZone)}",
        _ => "",
    };

    string Line => string.Join(", ", new[]
    {
        Run.RowsPerSecond is { } rate ? $"{Figure.Count(rate)} rows/s" : null,
        Run.Ends is { } ends ? $"ends {When.Clock(ends, clock.GetUtcNow(), Store?.TimeZone, seconds: true)}" : null,
        Run.Reason,
    }.OfType<string>());

    Task PauseIt() => Ask(() => pause.Pause(Run.Id, Asker, CancellationToken.None));

    Task ResumeIt() => Ask(() => resume.Resume(Run.Id, null, CancellationToken.None));

    Task CancelIt() => Ask(() => cancelRun.Cancel(Run.Id, Asker, CancellationToken.None));

    // The tray lies outside of the page's own boundary: a failure that leaves it would end the whole tab.
    async Task Ask(Func<Task<AskOutcome>> ask)
    {
        try
        {
            refusal = await ask() switch
            {
                AskOutcome.Refused refused => refused.Sentence,
                AskOutcome.NotFound => "This run is no longer there.",
                _ => null,
            };
        }
        catch (Exception failure) when (failure is DbException or TimeoutException)
        {
            refusal = "The database does not answer. Nothing was changed; try again in a moment.";
        }
    }
}
