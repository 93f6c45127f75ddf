using DevOpsAI.Tenancy;

namespace DevOpsAI.Privacy;

/// <summary>Something beside the ledger that knows people by name.</summary>
public interface IPersonalData
{
    /// <summary>Forgets a person in memory and on disk. Harmless to repeat. What the person does later is learned again.</summary>
    Task ForgetAsync(PersonId person, CancellationToken cancellationToken);
}
