using System.Runtime.InteropServices;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Teams.Turns;

/// <summary>
/// Work in order within a conversation, side by side across conversations. Each conversation has a partition of its own, so that one in
/// which much is said, or whose work is slow, holds up no other.
/// </summary>
/// <param name="stopping">Handed to the work.</param>
internal sealed class Partitions(CancellationToken stopping)
{
    private readonly Lock gate = new();
    private readonly Dictionary<ConversationId, Queue<Work>> partitions = [];
    private readonly Dictionary<string, int> ofPerson = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int all;
    private bool isComplete;

    /// <summary>Ends when everything is done after <see cref="Complete"/>.</summary>
    public Task Finished => finished.Task;

    /// <summary>What waits or runs in a conversation's partition.</summary>
    public int CountIn(ConversationId conversationId)
    {
        lock (gate)
            return partitions.TryGetValue(conversationId, out var partition) ? partition.Count : 0;
    }

    /// <summary>
    /// False when more waits already than the limits allow, or nothing is taken any more. The work itself must not throw.
    /// </summary>
    /// <param name="person">Who asks for it; null for nobody.</param>
    public bool TryQueue(ConversationId conversationId, string? person, PartitionLimits limits, Func<CancellationToken, Task> work)
    {
        lock (gate)
        {
            if (isComplete || all >= limits.All || (person is not null && ofPerson.GetValueOrDefault(person) >= limits.OfPerson))
                return false;
            var isNew = !partitions.TryGetValue(conversationId, out var partition);
            if (!isNew && partition!.Count >= limits.InLane)
                return false;
            partition ??= partitions[conversationId] = new();
            partition.Enqueue(new(person, work));
            all++;
            if (person is not null)
                ofPerson[person] = ofPerson.GetValueOrDefault(person) + 1;
            // Without the context of whoever came first: its log scope is not that of those who come after.
            if (isNew)
                ThreadPool.UnsafeQueueUserWorkItem(static one => _ = one.Lanes.RunAsync(one.Id, one.GetPartitionKey),
                    (Lanes: this, Id: conversationId, GetPartitionKey: partition), preferLocal: false);
            return true;
        }
    }

    /// <summary>Nothing is taken any more; what was taken is finished.</summary>
    public void Complete()
    {
        lock (gate)
        {
            isComplete = true;
            if (partitions.Count == 0)
                finished.TrySetResult();
        }
    }

    private async Task RunAsync(ConversationId conversationId, Queue<Work> partition)
    {
        Work next;
        lock (gate)
            next = partition.Peek();
        while (true)
        {
            await next.Do(stopping);
            lock (gate)
            {
                Done(partition.Dequeue());
                if (!partition.TryPeek(out next))
                {
                    partitions.Remove(conversationId);
                    if (isComplete && partitions.Count == 0)
                        finished.TrySetResult();
                    return;
                }
            }
        }
    }

    private void Done(Work work)
    {
        all--;
        if (work.Person is not { } person)
            return;
        if (ofPerson[person] == 1)
            ofPerson.Remove(person);
        else
            ofPerson[person]--;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Work(string? Person, Func<CancellationToken, Task> Do);
}

/// <summary>How much may wait: altogether, in one conversation, and of one person in all conversations.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PartitionLimits(int All, int InLane, int OfPerson);
