using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Execution;

/// <summary>At most one run of this process acts on a target at a time, whichever incident it belongs to.</summary>
public sealed class TargetLocks
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Held> locks = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Waits until every target of the plan is free, takes them all, and gives them back on disposal.</summary>
    public async ValueTask<IDisposable> TakeAsync(TenantId tenant, Plan plan, CancellationToken cancellationToken)
    {
        // Always in the same order, so that two plans over the same targets never wait for each other.
        var taken = new Taken(this);
        try
        {
            foreach (var key in plan.Steps.Select(step => GetKey(tenant, step.Target)).Distinct(StringComparer.OrdinalIgnoreCase)
                .Order(StringComparer.OrdinalIgnoreCase))
            {
                var held = Join(key);
                try
                {
                    await held.Turn.WaitAsync(cancellationToken);
                }
                catch
                {
                    Leave(key, held);
                    throw;
                }
                taken.Add(key, held);
            }
            return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    private static string GetKey(TenantId tenant, Target target) => $"{tenant}|{target.Connection}|{target.Kind}|{target.Id}";

    private Held Join(string key)
    {
        lock (gate)
        {
            var held = locks.TryGetValue(key, out var known) ? known : locks[key] = new();
            held.Users++;
            return held;
        }
    }

    private void Leave(string key, Held held)
    {
        lock (gate)
        {
            if (--held.Users == 0)
                locks.Remove(key);
        }
    }

    private sealed class Held
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);
        public int Users { get; set; }
    }

    private sealed class Taken(TargetLocks owner) : IDisposable
    {
        private readonly List<(string Key, Held Held)> all = [];

        public void Add(string key, Held held) => all.Add((key, held));

        public void Dispose()
        {
            foreach (var (key, held) in all)
            {
                held.Turn.Release();
                owner.Leave(key, held);
            }
            all.Clear();
        }
    }
}
