using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>Who set the freeze, when and why.</summary>
/// <param name="Cause">Null: a person froze this tenant.</param>
public sealed record Freeze(Actor By, DateTimeOffset At, string Reason, FreezeCause? Cause = null)
{
    /// <summary>Since when, by whom, why, and who may lift it. With outside text in it, on one line.</summary>
    public string Describe(string client) => FreezeRules.Describe(client, this);

    /// <summary>Roles of which one lifts it.</summary>
    public IReadOnlyCollection<Role> LiftedBy =>
        Cause is FreezeCause.Everything or FreezeCause.BrokenSeal ? [Role.Administrator] : [Role.Approver, Role.Administrator];
}

/// <summary>What stops a tenant, and what did last.</summary>
public sealed record FreezeState : ISlice<FreezeState>
{
    public static FreezeState Empty { get; } = new();

    /// <summary>Set about this tenant; lifting a stop of everything leaves it.</summary>
    public Freeze? OwnFreeze { get; init; }

    /// <summary>An administrator stopped every tenant.</summary>
    public Freeze? FrozenWithEverything { get; init; }

    /// <summary>The kill switch is on for all of this tenant; null when it is not.</summary>
    public SwitchedOff? SwitchedOff { get; init; }

    /// <summary>The last time the kill switch was on for all of it, once that is over.</summary>
    public Stop? LastStop { get; init; }

    public FreezeState Apply(LedgerEntry entry, TenantState before) => entry.Fact switch
    {
        FreezeSet { Cause: FreezeCause.Everything } set => this with { FrozenWithEverything = GetFreeze(entry, set) },
        FreezeSet set => this with { OwnFreeze = GetFreeze(entry, set) },
        FreezeLifted { Everything: true } => this with { FrozenWithEverything = null },
        FreezeLifted => this with { OwnFreeze = null },
        SwitchThrown thrown => this with { SwitchedOff = new(entry.ByClock, thrown.Why) },
        SwitchLifted lifted => this with { SwitchedOff = null, LastStop = new(lifted.Since, entry.ByClock, entry.Seq) },
        _ => this,
    };

    private static Freeze GetFreeze(LedgerEntry entry, FreezeSet set) => new(entry.Actor, entry.ByClock, set.Reason, set.Cause);
}

public static class FreezeOfState
{
    extension(TenantState state)
    {
        /// <summary>What stops the tenant now: a stop of everything, else its own freeze; null when nothing does.</summary>
        public Freeze? Freeze => state.FrozenWithEverything ?? state.OwnFreeze;

        /// <inheritdoc cref="FreezeState.OwnFreeze"/>
        public Freeze? OwnFreeze => state.Get<FreezeState>().OwnFreeze;

        /// <inheritdoc cref="FreezeState.FrozenWithEverything"/>
        public Freeze? FrozenWithEverything => state.Get<FreezeState>().FrozenWithEverything;

        /// <inheritdoc cref="FreezeState.SwitchedOff"/>
        public SwitchedOff? SwitchedOff => state.Get<FreezeState>().SwitchedOff;

        /// <inheritdoc cref="FreezeState.LastStop"/>
        public Stop? LastStop => state.Get<FreezeState>().LastStop;
    }
}
