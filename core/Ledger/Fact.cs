namespace DevOpsAI.Ledger;

/// <summary>
/// The data of a ledger entry. Each fact has one stored type name (<see cref="EntryType"/>) that never changes its meaning:
/// a new meaning is a new fact and a new name. Fields are strings, 64-bit-safe integers, booleans, lists and maps; never floating point.
/// </summary>
public abstract record Fact;
