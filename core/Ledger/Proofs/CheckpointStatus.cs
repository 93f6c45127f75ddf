using System.Collections.Concurrent;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>What is wrong with signing now, for <c>/readyz</c>: by tenant, or by tenant and witness.</summary>
public sealed class CheckpointStatus
{
    private readonly ConcurrentDictionary<string, string> problems = new(StringComparer.Ordinal);

    /// <summary>By what it concerns; empty when all is well.</summary>
    public IReadOnlyDictionary<string, string> Problems => problems;

    /// <summary>Another instance signs for the tenant now, and tells of it.</summary>
    internal void Forget(TenantId tenant)
    {
        foreach (var name in problems.Keys.Where(
            name => name == tenant.Value || name.StartsWith($"{tenant.Value} ", StringComparison.Ordinal)))
            problems.TryRemove(name, out _);
    }

    /// <summary>Notes a problem, or, when it is null, that there is none; true when that is news.</summary>
    internal bool Report(TenantId tenant, string? about, string? problem)
    {
        var name = about is null ? tenant.Value : $"{tenant.Value} {about}";
        if (problem is null)
            return problems.TryRemove(name, out _);
        var before = problems.GetValueOrDefault(name);
        problems[name] = problem;
        return before != problem;
    }
}
