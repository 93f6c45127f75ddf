namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>Looks at one thing that the bot needs. Writes nothing that stays, and records nothing.</summary>
internal interface ISetupCheck
{
    /// <summary>What a line of it begins with. Scripts read it, so it does not change.</summary>
    string Name { get; }

    /// <summary>
    /// One finding at least. Whatever it throws is told as something missing; the token ends when the time for a check is over.
    /// </summary>
    Task<IReadOnlyList<SetupFinding>> RunAsync(CancellationToken cancellationToken);
}

internal enum SetupStatus
{
    Ok,

    /// <summary>The bot would not start, or would not work; the message says what to do.</summary>
    Missing,

    /// <summary>Not asked for, or it cannot be told before something else is right.</summary>
    Skipped,
}

/// <param name="Message">What is so, and where something is missing what to do. Holds no secret.</param>
internal sealed record SetupFinding(SetupStatus Status, string Message)
{
    public static IReadOnlyList<SetupFinding> Ok(string message) => [new(SetupStatus.Ok, message)];

    public static IReadOnlyList<SetupFinding> Missing(string message) => [new(SetupStatus.Missing, message)];

    public static IReadOnlyList<SetupFinding> Skipped(string message) => [new(SetupStatus.Skipped, message)];

    /// <summary>What is missing, each by itself; when nothing is, the check is fine.</summary>
    public static IReadOnlyList<SetupFinding> From(IEnumerable<string> missing, string ok) =>
        missing.Select(static message => new SetupFinding(SetupStatus.Missing, message)).ToList() is { Count: > 0 } found ? found : Ok(ok);
}
