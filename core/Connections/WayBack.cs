namespace DevOpsAI.Connections;

/// <summary>Whether what an action does can be taken back, in the one wording that cards, reasons of levels and details share.</summary>
public static class WayBack
{
    /// <param name="action">The catalog's entry; null when the action is no longer installed.</param>
    /// <param name="hasRollback">The plan names an action that takes it back.</param>
    /// <returns>A predicate without its subject, as in "can be undone only in part".</returns>
    public static string For(ActionSpec? action, bool hasRollback) => (action, hasRollback) switch
    {
        (null, _) => "may not be undone: the action is not in the catalog",
        ({ BlastRadius: BlastRadius.Nothing }, _) => "changes nothing in use",
        ({ Reversibility: Reversibility.Irreversible }, _) => "cannot be undone",
        ({ Reversibility: Reversibility.Reversible }, true) => "can be undone",
        ({ Reversibility: Reversibility.Reversible }, false) => "can be undone by hand",
        (_, true) => "can be undone only in part",
        (_, false) => "can be undone only in part, by hand",
    };

    /// <summary>Orders actions by how little of them can be taken back; the last is the worst.</summary>
    public static int Rank(ActionSpec? action, bool hasRollback) => (action, hasRollback) switch
    {
        (null, _) => 6,
        ({ BlastRadius: BlastRadius.Nothing }, _) => 0,
        ({ Reversibility: Reversibility.Irreversible }, _) => 5,
        ({ Reversibility: Reversibility.Reversible }, true) => 1,
        ({ Reversibility: Reversibility.Reversible }, false) => 2,
        (_, true) => 3,
        (_, false) => 4,
    };
}
