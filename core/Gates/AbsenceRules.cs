using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>Being away for dated times, and who decides meanwhile. Pure.</summary>
internal static class AbsenceRules
{
    private const int MaxReasonLength = 500;
    internal static readonly TimeSpan Max = TimeSpan.FromDays(366);

    public static Outcome Set(TenantState state, SetAbsence command, Func<PersonId, IReadOnlySet<Role>> rolesOf, GatePolicy policy,
        DateTimeOffset now)
    {
        var (who, name) = (command.Who.ObjectId, GateMessages.Said(command.Who.Name));
        if (CheckAbout(state, command.By, who, rolesOf) is { } refused)
            return refused;
        if (who.IsNobody || rolesOf(who).Count == 0)
            return Outcome.Refuse(null, Refusal.NotPossible, $"{name} has no role at {state.Name}, so nothing waits for them there.");
        if (rolesOf(who).All(static role => role == Role.Auditor))
            return Outcome.Refuse(null, Refusal.NotPossible, $"{name} only reads at {state.Name}, so nothing waits for them there.");
        var from = command.From is { } begins && begins > now ? begins : now;
        if (command.Until <= from || command.Until > from + Max)
            return Outcome.Refuse(null, Refusal.BadInput, "An absence ends after it begins and after now, and lasts a year at most.");
        if (command.Reason is { Length: > MaxReasonLength } reason)
            return Outcome.Refuse(null, Refusal.BadInput,
                $"The reason may have {MaxReasonLength} characters at most; yours has {reason.Length}.");
        if (command.Delegate is { } delegated && CheckDelegate(state, who, name, delegated, rolesOf, policy) is { } unfit)
            return unfit;
        var set = new AbsenceSet(
            who.Folded, command.Who.Name, from.ToUniversalTime(), command.Until.ToUniversalTime(),
            command.Delegate?.ObjectId.Folded, command.Delegate?.Name,
            string.IsNullOrWhiteSpace(command.Reason) ? null : command.Reason.Trim());
        var meanwhile = command.Delegate is { } deputy
            ? $"{GateMessages.Said(deputy.Name)} decides in their name."
            : "Nobody decides in their name.";
        return Outcome.On(state, StreamId.Access, command.By, command.Correlation, set,
            $"{name} is absent from {state.Name} from {GateMessages.Utc(from)} until {GateMessages.Utc(command.Until)}. {meanwhile}");
    }

    public static Outcome End(TenantState state, EndAbsence command, Func<PersonId, IReadOnlySet<Role>> rolesOf, DateTimeOffset now)
    {
        var (who, name) = (command.Who.ObjectId, GateMessages.Said(command.Who.Name));
        if (CheckAbout(state, command.By, who, rolesOf) is { } refused)
            return refused;
        return state.Absences.GetValueOrDefault(who) is { } absence && absence.Until > now
            ? Outcome.On(state, StreamId.Access, command.By, command.Correlation, new AbsenceEnded(who.Folded, command.Who.Name),
                $"{name} is back at {state.Name}; nobody decides in their name any more.")
            : Outcome.AlreadySo($"{name} is not absent from {state.Name}.");
    }

    /// <summary>The person's absence that lasts now; null when they are there.</summary>
    public static Absence? For(TenantState state, PersonId person, DateTimeOffset now) =>
        state.Absences.GetValueOrDefault(person) is { } absence && absence.Contains(now) ? absence : null;

    /// <summary>
    /// Somebody who holds the role, or their delegate, is there. True where nobody is known to hold it: nobody is known to be away.
    /// </summary>
    public static bool IsAnybodyThere(
        TenantState state, Role role, IReadOnlySet<PersonId> holders, Func<PersonId, IReadOnlySet<Role>> rolesOf, GatePolicy policy,
        DateTimeOffset now) =>
        holders.Count == 0 || holders.Any(holder => For(state, holder, now) is not { } absence
            || (EffectiveRoles.IsDelegable(role) && absence.Delegate is { } deputy && For(state, deputy.Person, now) is null
                && policy.Defaults.MayDecideFor(rolesOf(deputy.Person))));

    private static Outcome? CheckAbout(TenantState state, Person by, PersonId who, Func<PersonId, IReadOnlySet<Role>> rolesOf)
    {
        var own = rolesOf(by.ObjectId);
        if (own.Count == 0)
            return Outcome.Refuse(null, Refusal.NotAllowed, $"You have no role at {state.Name}; ask one of its administrators.");
        return by.ObjectId == who || own.Contains(Role.Administrator)
            ? null
            : Outcome.Refuse(null, Refusal.NotAllowed,
                $"Only administrators of {state.Name} may say that somebody else is absent or back.");
    }

    private static Outcome? CheckDelegate(
        TenantState state, PersonId who, string name, Person delegated, Func<PersonId, IReadOnlySet<Role>> rolesOf, GatePolicy policy)
    {
        if (delegated.ObjectId == who)
            return Outcome.Refuse(null, Refusal.BadInput, "A delegate is somebody else.");
        if (!rolesOf(who).Any(EffectiveRoles.IsDelegable))
            return Outcome.Refuse(null, Refusal.NotPossible, $"{name} decides nothing at {state.Name}, so there is nothing to delegate.");
        if (policy.Defaults.MayDecideFor(rolesOf(delegated.ObjectId)))
            return null;
        return policy.Defaults.Delegate == DelegateTo.Nobody
            ? Outcome.Refuse(null, Refusal.NotAllowed,
                $"The gate policy of {state.Name} lets nobody decide in somebody else's name. Leave the delegate out.")
            : Outcome.Refuse(null, Refusal.NotAllowed,
                $"{GateMessages.Said(delegated.Name)} cannot decide for others at {state.Name}: that takes the role "
                + $"{policy.Defaults.Delegate.ToString().ToLowerInvariant()} at least.");
    }
}
