using DevOpsAI.Bot.Hosting;
using DevOpsAI.Common;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>Runs the checks side by side, each for so long, and hands their findings on in the order of the checks.</summary>
internal sealed class SetupRun(IEnumerable<ISetupCheck> checks, TimeSpan limit)
{
    private const string AfterSettings = "It cannot be told before the settings are right.";
    private const string AfterSecrets = "It cannot be told before its secret is where the settings say.";

    public async Task<IReadOnlyList<(string Check, SetupFinding Finding)>> RunAsync(CancellationToken cancellationToken)
    {
        var running = checks.Select(check => (check.Name, Findings: RunAsync(check, cancellationToken))).ToList();
        await Task.WhenAll(running.Select(static one => one.Findings));
        List<(string, SetupFinding)> all = [];
        foreach (var (name, findings) in running)
            all.AddRange((await findings).Select(finding => (name, finding)));
        return all;
    }

    private async Task<IReadOnlyList<SetupFinding>> RunAsync(ISetupCheck check, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(limit);
        try
        {
            // What does not look at the token is left behind.
            return await Task.Run(() => check.RunAsync(late.Token), late.Token).WaitAsync(late.Token);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            return Explain(failure, late.IsCancellationRequested);
        }
    }

    private IReadOnlyList<SetupFinding> Explain(Exception failure, bool isLate)
    {
        if (failure is OptionsValidationException)
            return SetupFinding.Skipped(AfterSettings);
        if (IsAboutSecret(failure))
            return SetupFinding.Skipped(AfterSecrets);
        if (isLate)
            return SetupFinding.Missing($"There was no answer within {limit.TotalSeconds:0.#} seconds. See whether this machine may reach "
                + "it: name resolution, proxy, firewall.");
        return BotHost.StartProblems(failure) is { Count: > 0 } known
            ? SetupFinding.From(known, "")
            : SetupFinding.Missing($"The check failed ({failure.GetType().Name}: {failure.Message}). Run it again; if it fails again, "
                + "report this line.");
    }

    private static bool IsAboutSecret(Exception? failure) =>
        failure is not null && (failure is SecretUnavailableException || IsAboutSecret(failure.InnerException));
}
