using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;

namespace DevOpsAI.Connections.Identity;

/// <summary>
/// <c>identity.confirmed</c> on <c>identity</c>: a person said which records the device of a name is. The last word about a name counts.
/// </summary>
/// <param name="Kind">As in <c>device</c>; never of a person.</param>
/// <param name="Name">As it was typed.</param>
public sealed record IdentityConfirmed(string Kind, [property: Confidential] string Name, IReadOnlyList<ConfirmedRecord> Records) : Fact;

/// <summary>A record that a person said is the device.</summary>
/// <param name="Id">The vendor's.</param>
/// <param name="Serial">Its serial number then: with another it is not what was confirmed. Null where the vendor told none.</param>
public sealed record ConfirmedRecord(string Connection, string Id, string? Serial);

/// <summary><c>identity.withdrawn</c> on <c>identity</c>: what a person said of a name does not count any more.</summary>
public sealed record IdentityWithdrawn(string Kind, [property: Confidential] string Name) : Fact;
