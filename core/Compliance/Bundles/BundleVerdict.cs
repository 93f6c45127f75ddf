using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.Compliance.Bundles;

public enum BundleState
{
    /// <summary>Everything that it says of the ledger holds, and its documents follow from its entries.</summary>
    Intact,

    /// <summary>It was changed, cut or put together wrongly: not evidence.</summary>
    Changed,

    /// <summary>It cannot be checked by this version, or is no bundle at all.</summary>
    Unreadable,
}

/// <summary>What a check of a bundle came to.</summary>
/// <param name="Problem">Why it is not intact; null when it is.</param>
/// <param name="Manifest">Null when it could not be read.</param>
/// <param name="Key">The key that signed.</param>
/// <param name="KeyIsTrusted">The key is the one that the person who asked has given, not only the one in the bundle.</param>
public sealed record BundleVerdict(BundleState State, string? Problem, BundleManifest? Manifest, VerifierKey? Key, bool KeyIsTrusted,
    int EarlierCheckpoints);

/// <summary>Stops a check at the first thing that is wrong.</summary>
internal sealed class BundleException(BundleState state, string message) : Exception(message)
{
    public BundleState State { get; } = state;

    public static BundleException Changed(string message) => new(BundleState.Changed, message);
}
