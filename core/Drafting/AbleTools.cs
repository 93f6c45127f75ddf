using DevOpsAI.Connections;
using DevOpsAI.Connections.Identity;

namespace DevOpsAI.Drafting;

/// <summary>What the connections that could carry a plan out know under one name.</summary>
/// <param name="Found">Records that a plan may act on, observed.</param>
/// <param name="Needed">A connection without whose answer nothing can be chosen; null where there is none.</param>
/// <param name="IsSure">The tool that raised the alert knows the one that is meant, whatever the others would say.</param>
internal sealed record KnownToAble(IReadOnlyList<FoundTarget> Found, SearchTrouble? Needed, bool IsSure)
{
    /// <summary>Records whose state is not known: nothing is done there, they tell who is who.</summary>
    public IReadOnlyList<FoundTarget> Unseen { get; init; } = [];

    /// <summary>Connections that were not needed and gave no answer.</summary>
    public IReadOnlyList<SearchTrouble> Silent { get; init; } = [];
}

/// <summary>
/// Asks the connections that could carry a plan out. The one that raised the alert carries it out where it knows the thing by more than its
/// name, or a person said which it is; then it needs no answer of the others. Where the name is all there is, another tool might know it
/// too, and only its answer shows whether it does.
/// </summary>
internal sealed class AbleTools(TargetSearch search, TimeProvider clock)
{
    /// <summary>How long a tool is waited for that is not needed.</summary>
    public static readonly TimeSpan OthersTimeout = TimeSpan.FromSeconds(5);

    /// <summary>What is said of one that took longer.</summary>
    public const string Late = "no answer in time";

    public async Task<KnownToAble> AskAsync(
        IReadOnlyList<Connection> able, IReadOnlyCollection<string> raisedBy, string kind, string name, Confirmation? confirmation,
        CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var asked = able.Select(one => (one.Name, Answer: search.FindAsync([one], kind, name, either.Token))).ToList();
        var answers = new List<SearchResult>(asked.Count);
        foreach (var (_, answer) in asked.Where(one => raisedBy.Contains(one.Name)))
            answers.Add(await answer.WaitAsync(cancellationToken));
        var isSure = IsSure(answers, confirmation);
        if (isSure)
            late.CancelAfter(OthersTimeout);
        foreach (var (connection, answer) in asked.Where(one => !raisedBy.Contains(one.Name)))
        {
            try
            {
                answers.Add(await answer.WaitAsync(either.Token));
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                answers.Add(new([], [new(connection, Late, IsRefused: false, TryAgainIn: null)]));
            }
        }
        return Weigh(answers, isSure);
    }

    private static KnownToAble Weigh(IReadOnlyList<SearchResult> answers, bool isSure)
    {
        var found = answers.SelectMany(static one => one.Found).OrderBy(static one => one.Target.Connection, StringComparer.Ordinal)
            .ToLookup(static one => one.Trouble is null);
        List<SearchTrouble> silent = [.. answers.SelectMany(static one => one.Troubles)];
        List<SearchTrouble> troubles = [.. silent, .. found[false].Select(static one => one.Trouble!)];
        return isSure
            ? new([.. found[true]], null, true) { Unseen = [.. found[false]], Silent = troubles }
            : new([.. found[true]], troubles.FirstOrDefault(), false);
    }

    /// <summary>All of them answered and know one thing of the name, and what it is by more than the name.</summary>
    private static bool IsSure(List<SearchResult> raising, Confirmation? confirmation)
    {
        List<FoundTarget> found = [.. raising.SelectMany(static one => one.Found)];
        if (found.Count == 0 || raising.Exists(static one => one.Troubles.Length > 0)
            || found.Exists(static one => one.Trouble is not null))
            return false;
        return IdentityMap.Group(found.Select(static one => one.Known), confirmation).Length == 1
            && found.Exists(one => confirmation?.Covers(one.Known) == true
                || one.Known.Identifiers.Any(static by => by.Strength == IdentifierStrength.Strong));
    }
}
