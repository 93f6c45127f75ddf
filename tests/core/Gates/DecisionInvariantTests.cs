using DevOpsAI.Gates;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using FsCheck;
using FsCheck.Fluent;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

/// <summary>Whatever people press, in whatever order, some things never happen.</summary>
public sealed class DecisionInvariantTests
{
    private static readonly Person[] People = [Ada, Ben, Tim, Mia, Root, Stranger, new(Who("ADA"), "Ada in capitals")];

    [Fact]
    public void No_sequence_of_presses_breaks_the_rules()
    {
        var press =
            from person in Gen.Frequency((3, Gen.Elements(Ada, Ben, Root, People[^1])), (1, Gen.Elements(People)))
            from kind in Gen.Frequency(
                (5, Gen.Elements(DecisionKind.Approve, DecisionKind.ApproveWithEdits)),
                (1, Gen.Elements(DecisionKind.Snooze, DecisionKind.Reject, DecisionKind.Handled)))
            from isEdited in Gen.Elements(true, false)
            from isStale in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
            from isReviewed in Gen.Elements(true, false)
            from isFreeze in Gen.Frequency((8, Gen.Constant(0)), (1, Gen.Constant(1)), (1, Gen.Constant(2)))
            from absence in Gen.Frequency((7, Gen.Constant(0)), (3, Gen.Choose(1, 3)))
            from deputy in Gen.Elements(People)
            from minutes in Gen.Frequency((6, Gen.Constant(0)), (1, Gen.Choose(1, 300)))
            select new Press(person, kind, isEdited, isStale, isReviewed, isFreeze, minutes, absence, deputy);
        var games =
            from presses in press.ListOf(25)
            from approvals in Gen.Choose(1, 3)
            from notTheRequester in Gen.Elements(true, false)
            from first in Gen.Frequency((4, Gen.Constant("service.restart")), (1, Gen.Elements("disk.cleanup", "process.lower-priority")))
            from others in Gen.Frequency(
                (4, Gen.Constant<string[]>([])), (2, Gen.Constant<string[]>(["device.reboot"])), (1, Gen.Constant<string[]>(["site.wipe"])),
                (1, Gen.Constant<string[]>(["unknown.action"])))
            select (presses, approvals, notTheRequester, actions: (string[])[first, .. others]);
        Prop.ForAll(games.ToArbitrary(),
            game => PlayAsync([.. game.presses], game.approvals, game.notTheRequester, game.actions).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    private static async Task<bool> PlayAsync(Press[] presses, int approvals, bool notTheRequester, string[] actions)
    {
        var scene = new GateScene(APolicy.With(approvals: approvals, notTheRequester: notTheRequester));
        var first = await scene.StagedAsync(Plan(actions));
        foreach (var press in presses)
        {
            scene.Clock.Advance(TimeSpan.FromMinutes(press.Minutes));
            if (press.Freeze == 1)
                await scene.FreezeAsync(press.By);
            if (press.Freeze == 2)
                await scene.LiftAsync(press.By);
            if (press.Absence == 1)
                await scene.AbsentAsync(press.By, press.By, press.Deputy, until: scene.Clock.GetUtcNow().AddHours(2));
            if (press.Absence == 2)
                await scene.AbsentAsync(Root, press.Deputy, press.By);
            if (press.Absence == 3)
                await scene.BackAsync(press.By, press.By);
            var incident = await scene.IncidentAsync();
            await scene.DecideAsync(Command(
                press.By, incident, press.Kind, "Because",
                press.IsEdited ? new Dictionary<string, string> { ["0.service"] = $"S{press.By.ObjectId}" } : null,
                scene.Clock.GetUtcNow().AddHours(1),
                press.IsReviewed ? new Reviews().Token(incident.Staged!, press.By.ObjectId, 1, 1) : null,
                press.IsStale ? first.Staged!.Seal : null));
            if (await BrokenAsync(scene) is { } broken)
                throw new InvalidOperationException(broken);
        }
        return true;
    }

    private static async Task<string?> BrokenAsync(GateScene scene)
    {
        var incident = await scene.IncidentAsync();
        var staged = scene.Ledger.Facts<ProposalStaged>(Contoso);
        var decided = scene.Ledger.Entries(Contoso).Where(entry => entry.Fact is ProposalDecided)
            .Select(entry => (entry.Actor, entry.Seq, Fact: (ProposalDecided)entry.Fact)).ToList();
        if (decided.Count(decision => decision.Fact.Complete) > 1)
            return "two completing decisions";
        foreach (var revision in staged)
        {
            var approvals =
                decided.Where(decision => decision.Fact.Revision == revision.Revision
                    && decision.Fact.Kind is DecisionKind.Approve or DecisionKind.ApproveWithEdits).ToList();
            var people = approvals.Select(decision => decision.Actor.Id.ToLowerInvariant()).Distinct().ToList();
            if (approvals.Count > 0 && revision.Terms.Level == GateLevel.L3)
                return "an approved L3";
            if (people.Count < approvals.Count)
                return "one person approved twice";
            if (approvals.Exists(decision => decision.Fact.Complete) && people.Count < revision.Terms.Approvals)
                return "complete below quorum";
            if (revision.Terms.NotTheRequester && revision.Requester.Kind == ActorKind.Person
                && people.Contains(revision.Requester.Id.ToLowerInvariant()))
                return "approved their own request";
            var rights = approvals.Select(decision => (decision.Fact.InTheNameOf ?? decision.Actor).Id.ToLowerInvariant())
                .Distinct().ToList();
            if (rights.Count < approvals.Count)
                return "one right was used twice";
            if (revision.Terms.NotTheRequester && revision.Requester.Kind == ActorKind.Person
                && rights.Contains(revision.Requester.Id.ToLowerInvariant()))
                return "approved in the name of the requester";
            if (rights.Except(["ada", "ben", "root"]).Any() || people.Except(["ada", "ben", "root", "tim"]).Any())
                return "approved without the role";
            if (decided.Exists(
                decision => decision.Fact.InTheNameOf is { } absent && !WasLeftTo(scene, absent.Id, decision.Actor.Id, decision.Seq)))
                return "in the name of somebody who had not said so, or was there";
            if (approvals.Count > 0 && revision.NeedsReview
                && approvals.Exists(decision => decision.Fact.Kind == DecisionKind.ApproveWithEdits))
                return "irreversible edits nobody saw";
        }
        var mayRun = await scene.CheckExecuteAsync() is null;
        var isApproved =
            decided.Exists(decision => decision.Fact is { Complete: true, Kind: DecisionKind.Approve or DecisionKind.ApproveWithEdits });
        if (mayRun && !isApproved && incident.Staged!.Terms.Level >= GateLevel.L2)
            return "the guard lets pass what nobody approved";
        return !mayRun && isApproved && (await scene.StateAsync()).Freeze is null && incident.Phase == ProposalPhase.Approved
            ? "the guard stops what was approved"
            : null;
    }

    /// <summary>From the entries alone: what was last said of them before the decision left it to this person, and lasted then.</summary>
    private static bool WasLeftTo(GateScene scene, string absent, string deputy, long seq)
    {
        var decidedAt = scene.Ledger.Entries(Contoso).Single(entry => entry.Seq == seq).At;
        return scene.Ledger.Entries(Contoso)
            .LastOrDefault(entry => entry.Seq < seq && entry.Fact is AbsenceSet { ObjectId: var set } && set == absent
                || entry.Seq < seq && entry.Fact is AbsenceEnded { ObjectId: var ended } && ended == absent)?.Fact is AbsenceSet said
            && string.Equals(said.DelegateId, deputy, StringComparison.OrdinalIgnoreCase) && said.From <= decidedAt
            && decidedAt < said.Until;
    }

    private sealed record Press(Person By, DecisionKind Kind, bool IsEdited, bool IsStale, bool IsReviewed, int Freeze, int Minutes,
        int Absence, Person Deputy);
}
