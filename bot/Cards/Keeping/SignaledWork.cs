namespace DevOpsAI.Bot.Cards.Keeping;

/// <summary>
/// Work that is looked at after every signal and ends when a step finds nothing more to do. Only one task does it at a time; a signal
/// during a step makes it look once more.
/// </summary>
/// <param name="step">Does the next thing; false when there is nothing more to do until the next signal.</param>
/// <param name="ended">Told once, when no signal is taken any more.</param>
internal sealed class SignaledWork(Func<CancellationToken, Task<bool>> step, Action ended, TimeProvider clock)
{
    private readonly Lock gate = new();
    private TaskCompletionSource signal = NewSignal();
    private bool hasEnded;

    public Task Task { get; private set; } = Task.CompletedTask;

    /// <summary>False when the work had ended just before; begin anew.</summary>
    public bool TrySignal(CancellationToken stopping)
    {
        lock (gate)
        {
            if (hasEnded)
                return false;
            signal.TrySetResult();
            if (Task.IsCompleted)
                Task = Task.Run(() => WorkAsync(stopping), CancellationToken.None);
            return true;
        }
    }

    /// <summary>Waits within a step, at most until the next signal, which it takes.</summary>
    public async Task PauseUntilSignalAsync(TimeSpan pause, CancellationToken stopping)
    {
        if (pause <= TimeSpan.Zero)
            return;
        Task signaled;
        lock (gate)
            signaled = signal.Task;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(Task.Delay(pause, clock, enough.Token), signaled);
        await enough.CancelAsync();
        stopping.ThrowIfCancellationRequested();
        lock (gate)
            TakeSignal();
    }

    private async Task WorkAsync(CancellationToken stopping)
    {
        try
        {
            while (TakeSignalOrEnd())
            {
                while (await step(stopping))
                {
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Whoever starts next compares with the ledger.
        }
        finally
        {
            lock (gate)
                hasEnded = true;
            ended();
        }
    }

    private bool TakeSignalOrEnd()
    {
        lock (gate)
        {
            hasEnded = !TakeSignal();
            return !hasEnded;
        }
    }

    private bool TakeSignal()
    {
        if (!signal.Task.IsCompleted)
            return false;
        signal = NewSignal();
        return true;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
