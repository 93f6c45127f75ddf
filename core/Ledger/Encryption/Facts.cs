namespace DevOpsAI.Ledger.Encryption;

/// <summary>
/// <c>erasure.requested</c> on <c>erasure/{key}</c>: somebody asks that the personal data of one person or user become unreadable. Nothing
/// in it tells who that is to anybody who does not know already.
/// </summary>
/// <param name="Key">The key to be destroyed, as in <c>s-3f9c0a1b2c3d4e5f</c>.</param>
/// <param name="ObjectId">For a person, the Entra object id, which stays on record as the author of what they did; null for a user.</param>
public sealed record ErasureRequested(string Key, SubjectKind Kind, string? ObjectId, [property: FreeText] string? Reason) : Fact;

/// <summary><c>erasure.approved</c>; the entry's actor is who agreed.</summary>
public sealed record ErasureApproved(string Key) : Fact;

/// <summary>
/// <c>erasure.completed</c>: the key is destroyed. What was encrypted under it cannot be read by anybody any more, here or in a copy.
/// </summary>
/// <param name="ObjectId">As in <see cref="ErasureRequested"/>.</param>
public sealed record ErasureCompleted(string Key, string? ObjectId) : Fact, ISignedSoon
{
    public const string StoredName = "erasure.completed";
}

/// <summary>
/// <c>key.rotated</c> on <c>keys</c>: the tenant's data key is wrapped under a new key of the customer. Nothing encrypted has changed.
/// </summary>
/// <param name="From">The old key, and which version of it; <paramref name="To"/> the new one.</param>
public sealed record KeyRotated(string From, string To) : Fact;
