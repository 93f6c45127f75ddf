namespace DevOpsAI.Bot.Teams.Turns;

/// <summary>What an invoke came to.</summary>
/// <param name="Body">Answers it.</param>
/// <param name="TellLateAsync">Says it by a message, where its person has been told to wait; null where nothing is to be said then.</param>
internal readonly record struct InvokeEnd(byte[] Body, Func<CancellationToken, Task>? TellLateAsync = null);

/// <summary>How invokes of one name are answered.</summary>
internal abstract class InvokeKind
{
    /// <summary>Answers one that takes longer than Teams waits.</summary>
    public abstract byte[] StillWorking { get; }

    public abstract Task<InvokeEnd> RunAsync(TurnContext turn, CancellationToken cancellationToken);

    /// <summary>What one comes to that threw.</summary>
    public abstract InvokeEnd Fail(TurnContext turn);
}
