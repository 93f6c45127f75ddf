using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Privacy;

/// <summary>A person or user whom something on record is about.</summary>
/// <param name="Key">The id of their key.</param>
/// <param name="ObjectId">For a person, the Entra object id; null for a user.</param>
public sealed record Subject(string Key, SubjectKind Kind, string? ObjectId);

/// <summary>Finds who is meant, and whether their data is still needed.</summary>
public static class Subjects
{
    /// <summary>The person of that Entra object id, else the user of that address; null when nothing on record is about either.</summary>
    /// <exception cref="Ledger.LedgerUnavailableException">The keys cannot be read.</exception>
    public static async ValueTask<Subject?> FindAsync(IKeyRing keys, TenantId tenant, string subject, CancellationToken cancellationToken)
    {
        var name = subject.Trim();
        if (await keys.FindAsync(tenant, SubjectKind.Person, name, cancellationToken) is { } person)
            return new(person, SubjectKind.Person, name.ToLowerInvariant());
        return await keys.FindAsync(tenant, SubjectKind.User, name, cancellationToken) is { } user
            ? new(user, SubjectKind.User, null)
            : null;
    }

    /// <summary>Why the data cannot be erased yet; null when it can.</summary>
    public static string? CheckUnused(TenantState state, string key) =>
        state.Incidents.Values.FirstOrDefault(incident => incident.IsOpen && incident.Opened.Subject == key) is { } open
        ? $"{open.Id} is about that user and still open. Settle it first; its plan could not be carried out without what would be erased."
        : null;
}
