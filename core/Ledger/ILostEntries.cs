using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>Entries that were durable once, are lost, and are given up on purpose.</summary>
public interface ILostEntries
{
    /// <summary>Up to which entry the tenant's were given up, ever; 0 for none.</summary>
    long GivenUp(TenantId tenant);

    /// <summary>Gives them up to this entry, where the operator has said so for this start; false when nobody has.</summary>
    bool TryGiveUp(TenantId tenant, long size, string what);
}
