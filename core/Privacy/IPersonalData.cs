namespace DevOpsAI.Privacy;

/// <summary>Something beside the ledger that knows people by name.</summary>
public interface IPersonalData
{
    /// <summary>Forgets a person in memory and on disk. Harmless to repeat. What the person does later is learned again.</summary>
    /// <param name="objectId">Entra object id.</param>
    Task ForgetAsync(string objectId, CancellationToken cancellationToken);
}
