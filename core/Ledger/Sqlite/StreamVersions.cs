using System.Runtime.InteropServices;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>
/// Versions of the streams used lately. Of two generations the older one is dropped when the younger is full, so memory stays bounded.
/// </summary>
internal sealed class StreamVersions
{
    private const int GenerationSize = 32_768;

    private Dictionary<(TenantId Tenant, StreamId Stream), long> young = [];
    private Dictionary<(TenantId Tenant, StreamId Stream), long> old = [];

    public bool TryGet(TenantId tenant, StreamId stream, out long version) =>
        young.TryGetValue((tenant, stream), out version) || old.TryGetValue((tenant, stream), out version);

    public void Set(TenantId tenant, StreamId stream, long version)
    {
        if (young.Count >= GenerationSize)
            (young, old) = (new(GenerationSize), young);
        CollectionsMarshal.GetValueRefOrAddDefault(young, (tenant, stream), out _) = version;
    }

    public void Clear()
    {
        young.Clear();
        old.Clear();
    }
}
