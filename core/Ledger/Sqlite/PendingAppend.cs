using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>An append on its way to the writer, and who waits for it. Continuations run elsewhere, never on the writer's thread.</summary>
internal sealed class PendingAppend(TenantId tenant, IReadOnlyList<StreamVersion> expected, PreparedEntry[] entries,
    CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<AppendResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TenantId Tenant => tenant;

    public IReadOnlyList<StreamVersion> Expected => expected;

    public PreparedEntry[] Entries => entries;

    /// <summary>Nobody waits any more; counts only until the writer has begun with it.</summary>
    public bool IsCancelled => cancellationToken.IsCancellationRequested;

    /// <summary>What the writer found, valid once the batch is committed. Null when it was cancelled before that.</summary>
    public AppendResult? Result { get; set; }

    /// <summary>What is wrong with the tenant's ledger, so that nothing was written of this; null when nothing is.</summary>
    public LedgerUnavailableException? Damage { get; set; }

    public Task<AppendResult> Task => completion.Task;

    public void Complete()
    {
        if (Damage is not null)
            completion.SetException(Damage);
        else if (Result is null)
            completion.SetCanceled(cancellationToken);
        else
            completion.SetResult(Result);
    }

    public void Fail(Exception reason) => completion.SetException(reason);
}

/// <summary>Cursors on their way to the writer.</summary>
internal sealed class PendingCursors(IReadOnlyCollection<SubscriptionCursor> cursors)
{
    public IReadOnlyCollection<SubscriptionCursor> Cursors => cursors;

    public TaskCompletionSource Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
