using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Gates;

public sealed class SealTests
{
    private static readonly ProposalStaged Staged = PlanDigests.Stamp(GateScene.Contoso, new(
        Con(1001), 1, ProposalKind.Remedy, Actor.Service("drafting"), GateScene.Plan("disk.cleanup"),
        new Dictionary<string, string> { ["SRV-FILE01 disk.C.freePercent"] = "6" },
        new(GateLevel.L2, ["Because."], Role.Approver, 1, true, new(2026, 3, 2, 17, 0, 0, TimeSpan.Zero), null, null,
            "operations@000000000000"),
        false, "", new('a', 64)));

    public static TheoryData<string, Func<ProposalStaged, ProposalStaged>> Changes() => new()
    {
        { "incident", staged => staged with { About = Con(1002) } },
        { "revision", staged => staged with { Revision = 2 } },
        { "kind", staged => staged with { Kind = ProposalKind.Undo } },
        { "requester", staged => staged with { Requester = GateScene.Ada.AsActor() } },
        { "requester name", staged => staged with { Requester = staged.Requester with { Name = "x" } } },
        { "observed value",
            staged => staged with { Observed = new Dictionary<string, string> { ["SRV-FILE01 disk.C.freePercent"] = "7" } } },
        { "observed more", staged => staged with { Observed = new Dictionary<string, string>(staged.Observed) { ["x"] = "y" } } },
        { "policy version", staged => staged with { Terms = staged.Terms with { PolicyVersion = "operations@000000000001" } } },
        { "level", staged => staged with { Terms = staged.Terms with { Level = GateLevel.L1 } } },
        { "approvals", staged => staged with { Terms = staged.Terms with { Approvals = 2 } } },
        { "not the requester", staged => staged with { Terms = staged.Terms with { NotTheRequester = false } } },
        { "approver role", staged => staged with { Terms = staged.Terms with { ApproverRole = Role.Administrator } } },
        { "expiry", staged => staged with { Terms = staged.Terms with { ExpiresAt = staged.Terms.ExpiresAt.AddMilliseconds(1) } } },
        { "needs review", staged => staged with { NeedsReview = true } },
        { "nonce", staged => staged with { Nonce = new('b', 64) } },
        { "one more step", staged => staged with { Plan = new([.. staged.Plan.Steps, staged.Plan.Steps[0]]) } },
        { "no step", staged => staged with { Plan = Plan.Empty } },
        { "action", OfStep(step => step with { Action = "disk.restore" }) },
        { "title", OfStep(step => step with { Title = "x" }) },
        { "command", OfStep(step => step with { Command = step.Command + " " }) },
        { "argument", OfStep(step => step with { Arguments = new Dictionary<string, string> { ["volume"] = "D" } }) },
        { "target id", OfStep(step => step with { Target = step.Target with { Id = "other" } }) },
        { "target name", OfStep(step => step with { Target = step.Target with { Name = "other" } }) },
        { "target client", OfStep(step => step with { Target = step.Target with { Client = "Fabrikam Inc" } }) },
        { "target connection", OfStep(step => step with { Target = step.Target with { Connection = "fabrikam-sandbox" } }) },
        { "editable", OfStep(step => step with { Editable = [] }) },
        { "precondition", OfStep(step => step with { Preconditions = [] }) },
        { "verification", OfStep(step => step with { Verifications = [new Condition("service.Spooler.state", "!=", "running")] }) },
        { "rollback", OfStep(step => step with { Rollback = null }) },
    };

    [Theory]
    [MemberData(nameof(Changes), DisableDiscoveryEnumeration = true)]
    public void Anything_that_changes_breaks_the_plan_digest(string what, Func<ProposalStaged, ProposalStaged> change)
    {
        var changed = change(Staged);
        PlanDigests.Compute(GateScene.Contoso, changed, changed.Plan).ShouldNotBe(Staged.Seal, what);
    }

    [Fact]
    public void Another_tenant_is_another_plan_digest() => PlanDigests.Compute(GateScene.Fabrikam, Staged, Staged.Plan).ShouldNotBe(Staged.Seal);

    [Fact]
    public void The_plan_digest_survives_the_way_through_the_ledger()
    {
        var stored = (ProposalStaged)CoreFeatures.Catalog.Deserialize("proposal.staged", CoreFeatures.Catalog.Serialize(Staged));
        PlanDigests.Compute(GateScene.Contoso, stored, stored.Plan).ShouldBe(Staged.Seal);
        Staged.Seal.ShouldMatch("^[0-9a-f]{64}$");
    }

    [Fact]
    public void The_order_in_which_a_map_was_filled_does_not_matter()
    {
        var forwards = Staged with { Observed = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" } };
        var backwards = Staged with { Observed = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" } };
        PlanDigests.Compute(GateScene.Contoso, forwards,
            forwards.Plan).ShouldBe(PlanDigests.Compute(GateScene.Contoso, backwards, backwards.Plan));
    }

    [Fact]
    public void A_review_token_stands_for_one_person_one_plan_digest_and_all_pages()
    {
        var reviews = new Reviews();
        var all = reviews.Token(Staged, Who("ada"), 3, 3);
        Reviews.IsReviewed(Staged, Who("ada"), all).ShouldBeTrue();
        Reviews.IsReviewed(Staged, Who("ADA"), all).ShouldBeTrue();
        Reviews.IsReviewed(Staged, Who("ben"), all).ShouldBeFalse();
        Reviews.IsReviewed(Staged with { Seal = new('0', 64) }, Who("ada"), all).ShouldBeFalse();
        Reviews.IsReviewed(Staged, Who("ada"), reviews.Token(Staged, Who("ada"), 2, 3)).ShouldBeFalse();
        Reviews.IsReviewed(Staged, Who("ada"), null).ShouldBeFalse();
        reviews.Opened(Staged, Who("ada"), reviews.Token(Staged, Who("ada"), 2, 3), 3).ShouldBe(2);
        reviews.Opened(Staged, Who("ada"), reviews.Token(Staged, Who("ada"), 2, 3), 4).ShouldBe(2, "a page came in meanwhile");
        reviews.Opened(Staged, Who("ada"), all, 3).ShouldBe(3);
        reviews.Opened(Staged, Who("ben"), all, 3).ShouldBe(0);
        reviews.Opened(Staged, Who("ada"), "not a token", 3).ShouldBe(0);
        var message = Encoding.UTF8.GetBytes($"{Staged.Seal}\nada\nreviewed all pages");
        all.ShouldBe(Convert.ToHexStringLower(HMACSHA256.HashData(Convert.FromHexString(Staged.Nonce), message)));
    }

    private static Func<ProposalStaged, ProposalStaged> OfStep(Func<PlanStep, PlanStep> change) =>
        staged => staged with { Plan = new([change(staged.Plan.Steps[0])]) };
}
