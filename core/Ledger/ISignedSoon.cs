namespace DevOpsAI.Ledger;

/// <summary>An entry that the next checkpoint should not keep waiting: a decision, an outcome, an erasure.</summary>
public interface ISignedSoon;
