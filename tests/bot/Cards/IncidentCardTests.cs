using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Bot.Cards;
using DevOpsAI.Execution;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;

namespace DevOpsAI.Tests.Cards;

public sealed class IncidentCardTests
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static GatePolicy YearEnd => GatePolicies.BuiltIn with { Freezes = [new("year-end close", new(Story.Start.AddDays(-1), Story.Start.AddDays(3)))] };

    public static TheoryData<string> Phases => [.. Stories.Keys];

    private static Dictionary<string, Func<Story, Story>> Stories { get; } = new()
    {
        ["waiting"] = story => story.Opened(3).Drafted().Staged(),
        ["escalated"] = story => story.Opened().Drafted().Staged().Append(Ledger.StreamId.Proposal(story.Id), new ProposalEscalated(story.Id, 1, Role.Manager), Tenancy.Actor.Service("gates")),
        ["first-of-two"] = story => story.Opened().Drafted().Staged(approvals: 2).Decided(DecisionKind.Approve, complete: false),
        ["snoozed"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Snooze, complete: false, until: Story.Start.AddHours(1)),
        ["needs-review"] = story => story.Opened().Drafted(risk: Drafting.Risk.High).Staged(review: true),
        ["human-only"] = story => story.Opened().Drafted(problem: "No device of this name is known.", plan: Plan.Empty).Staged(GateLevel.L3),
        ["approved"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve),
        ["executing"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started(),
        ["verified"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started().Step().Finished().Closed("verified"),
        ["failed"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started().Step(StepOutcome.Failed, detail: "Access denied").Finished(ExecutionOutcome.Failed, rolledBack: true),
        ["unknown"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started().Step(StepOutcome.Unknown, detail: "no answer").Finished(ExecutionOutcome.Unknown),
        ["stopped"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started().Finished(ExecutionOutcome.Stopped),
        ["drifted"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started().Finished(ExecutionOutcome.Drifted),
        ["asked-again"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started().Finished(ExecutionOutcome.Drifted).Drafted(2).Staged(revision: 2),
        ["drafting-again"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started().Step(StepOutcome.Unknown, detail: "no answer").Finished(ExecutionOutcome.Unknown).Redraft(),
        ["drafted-again"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started().Step(StepOutcome.Failed, detail: "Access denied").Finished(ExecutionOutcome.Failed).Redraft().Drafted(2).Staged(revision: 2),
        ["nobody-answered"] = story => story.Opened().Drafted(problem: "Could not ask the vendor: no answer within 30 seconds.", plan: Plan.Empty).Staged(GateLevel.L3),
        ["rejected"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Reject, reason: "The server is replaced today.").Closed("rejected"),
        ["handled"] = story => story.Opened().Drafted(problem: "Nothing fits.", plan: Plan.Empty).Staged(GateLevel.L3).Decided(DecisionKind.Handled, reason: "Cleaned by hand.").Closed("handled"),
        ["withdrawn"] = story => story.Opened().Drafted().Staged().Append(Ledger.StreamId.Proposal(story.Id), new ProposalWithdrawn(story.Id, 1, "The alert resolved by itself."), Tenancy.Actor.Service("incidents")).Closed("resolved"),
        ["expired"] = story => story.Opened().Drafted().Staged().Append(Ledger.StreamId.Proposal(story.Id), new ProposalExpired(story.Id, 1), Tenancy.Actor.Service("gates")).Closed("expired"),
        ["undo-waiting"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started().Step().Finished().Closed("verified").Staged(kind: ProposalKind.Undo, revision: 2),
        ["undoing"] = story => story.Opened().Drafted().Staged(GateLevel.L1).Started().Step().Finished().Closed("verified").Staged(GateLevel.L1, kind: ProposalKind.Undo, revision: 2).UndoRun(null),
        ["undone"] = story => story.Opened().Drafted().Staged(GateLevel.L1).Started().Step().Finished().Closed("verified").Staged(GateLevel.L1, kind: ProposalKind.Undo, revision: 2).UndoRun(ExecutionOutcome.Verified),
        ["taken-back"] = story => story.Opened().Drafted().Staged(GateLevel.L1).Started().Step().Finished().Closed("verified").Staged(GateLevel.L1, kind: ProposalKind.Undo, revision: 2).UndoRun(ExecutionOutcome.Verified).TakenBack(),
        ["flapping"] = story => story.Opened().Drafted().Staged().Flapped(5).Drafted(2).Staged(revision: 2),
        ["fires-again"] = story => story.Opened().Drafted().Staged().Flapped(),
        ["frozen"] = story => story.Append(Ledger.StreamId.Freeze, new FreezeSet("Strange logins"), Story.Dana.AsActor()).Opened().Drafted().Staged(),
        ["frozen-as-planned"] = story => story.Opened().Drafted().Staged(),
        ["approver-absent"] = story => story.Opened().Drafted().Staged().Absent(Story.Ravi, Story.Dana),
        ["approved-in-the-name-of"] = story => story.Opened().Drafted().Staged().Absent(Story.Ravi, Story.Dana).Decided(DecisionKind.Approve, Story.Dana, inTheNameOf: Story.Ravi),
        ["glass-can-be-broken"] = story => story.Opened().Drafted().Staged(approvals: 2, glass: new(Role.Approver, 2, TimeSpan.FromHours(24))),
        ["glass-broken"] = story => story.Opened().Drafted().Staged(approvals: 2, glass: new(Role.Approver, 2, TimeSpan.FromHours(24))).GlassBroken(Story.Dana).Started().Step().Finished().Closed("verified"),
        ["glass-objected"] = story => story.Opened().Drafted().Staged(approvals: 2, glass: new(Role.Approver, 2, TimeSpan.FromHours(24))).GlassBroken(Story.Dana).Started().Step().Finished().Closed("verified")
            .GlassReviewed(Story.Ravi, confirms: false, reason: "It could have waited.").Append(Ledger.StreamId.Proposal(story.Id), new BreakGlassEscalated(story.Id, 1, Role.Manager, "Somebody objected."), Tenancy.Actor.Service("gates")),
        ["glass-confirmed"] = story => story.Opened().Drafted().Staged(approvals: 2, glass: new(Role.Approver, 1, TimeSpan.FromHours(24))).GlassBroken(Story.Dana, owed: 1).Started().Step().Finished().Closed("verified")
            .GlassReviewed(Story.Ravi, complete: true),
        ["storm"] = story => story.Received(40, i => $"WS-{i:00}").Opened(3, IncidentScope.Cause).Drafted(problem: "Many at once: look for the common cause.", plan: Plan.Empty).Staged(GateLevel.L3),
    };

    [Theory]
    [InlineData("Probe failed on portal", false)]
    [InlineData("Prüfung schlug fehl – portal", false)]
    [InlineData("Probe failed on p\u043Ertal", true)]
    [InlineData("Probe failed on portal\u0451", true)]
    [InlineData("Probe failed on portal\u0301", true)]
    [InlineData("Probe failed on portal2", true)]
    public async Task The_device_is_named_beside_a_title_that_does_not_name_it_and_only_there(string title, bool beside)
    {
        var about = new Story { Title = title, Device = "portal", Plan = new([Story.CleanUp("portal")]) }.Opened().Drafted().Staged();
        var card = IncidentCard.Build(TestViews.Of(about, new GivenAccess()).ForEverybody(await about.StateAsync(), await about.IncidentAsync(), "c")).AsReceived();
        VisibleWords.Of(card).Contains(" · portal · ", StringComparison.Ordinal).ShouldBe(beside);
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task Every_phase_looks_as_approved_for_everybody_and_for_an_approver(string phase)
    {
        var (everybody, approver) = await DrawAsync(phase, local: false);
        Compare($"{phase}.everybody.json", everybody);
        Compare($"{phase}.approver.json", approver);
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task No_card_says_a_reading_by_the_name_that_connectors_give_it(string phase)
    {
        var (everybody, approver) = await DrawAsync(phase, local: false);
        foreach (var card in new[] { everybody, approver })
            card.ToJsonString().ShouldNotContain("freePercent");
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task Every_card_is_valid_and_small(string phase)
    {
        foreach (var local in new[] { true, false })
        {
            var (everybody, approver) = await DrawAsync(phase, local);
            foreach (var card in new[] { everybody, approver })
            {
                CardSchema.Problems(card).ShouldBeEmpty();
                card.ToJsonString().Length.ShouldBeLessThan(Card.MaxBytes);
                card.ToJsonString().ShouldNotContain("UTC", Case.Sensitive, "instants are written in the zone of whoever reads");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task Every_page_of_details_is_written_in_the_zone_of_whoever_reads(string phase)
    {
        var story = Stories[phase](new Story());
        var view = TestViews.Of(story, new GivenAccess()).ForPerson(await story.StateAsync(), await story.IncidentAsync(), "c", Story.Ravi);
        var pages = string.Concat(DetailPages.Of(view).All.SelectMany(static page => page).Select(static part => part.AsReceived().ToJsonString()));
        pages.ShouldContain(CardText.Instant(Story.Start));
        pages.ShouldNotContain("UTC");
    }

    [Fact]
    public async Task Only_the_approver_s_own_card_has_decision_buttons()
    {
        var (everybody, approver) = await DrawAsync("waiting", local: false);
        Titles(approver).ShouldBe(["Approve", "Edit", "Reject", "Snooze", "Details"]);
        Titles(everybody).ShouldBe(["Review", "Details"]);
        everybody["refresh"]!["userIds"]!.AsArray().Select(id => (string)id!).ShouldBe(["29:ravi"]);
    }

    [Fact]
    public async Task A_technician_s_own_card_can_be_snoozed_and_names_who_may_decide()
    {
        var story = Stories["waiting"](new Story());
        var access = new GivenAccess().Give(Story.Contoso, Story.Ravi, Role.Approver).Give(Story.Contoso, Story.Dana, Role.Technician);
        var card = IncidentCard.Build(TestViews.Of(story, access).ForPerson(await story.StateAsync(), await story.IncidentAsync(), "c", Story.Dana)).AsReceived();
        Titles(card).ShouldBe(["Snooze", "Details"]);
        VisibleWords.Of(card).ShouldContain("L2 · Approve to proceed by 11/21/2026 7:00 AM: Ravi Approver");
    }

    [Fact]
    public async Task Where_everybody_is_administrator_the_shared_card_has_the_buttons_and_says_so()
    {
        var (everybody, _) = await DrawAsync("waiting", local: true);
        Titles(everybody).ShouldContain("Approve");
        VisibleWords.Of(everybody).ShouldContain(HeaderSection.LocalModeLabel);
        VisibleWords.Of(everybody).ShouldContain(HeaderSection.SimulationWord);
        everybody.ToJsonString(Readable).ShouldContain(HeaderSection.SimulationLabel);
    }

    [Fact]
    public async Task An_irreversible_plan_has_no_approve_button_on_its_first_screen()
    {
        var (everybody, approver) = await DrawAsync("needs-review", local: true);
        Titles(everybody).ShouldNotContain("Approve");
        Titles(approver).ShouldNotContain("Approve");
    }

    [Theory]
    [InlineData("waiting", "Approve,Edit")]
    [InlineData("needs-review", "")]
    [InlineData("failed", "Draft again")]
    [InlineData("verified", "Undo")]
    [InlineData("undo-waiting", "Approve")]
    [InlineData("glass-can-be-broken", "Approve,Edit,Break glass")]
    public async Task While_the_client_is_frozen_no_button_offers_to_run_anything(string phase, string lost)
    {
        var story = Stories[phase](new Story());
        var access = new GivenAccess().Give(Story.Contoso, Story.Ravi, Role.Approver);
        var before = await TitlesAsync();
        foreach (var cause in new FreezeCause?[] { null, FreezeCause.Everything })
        {
            story.Append(Ledger.StreamId.Freeze, new FreezeSet("Strange logins") { Cause = cause }, Story.Dana.AsActor());
            (await TitlesAsync()).ShouldBe(before.Except(lost.Split(',')));
            var card = await DrawnAsync();
            VisibleWords.Of(card).ShouldContain($"{(cause is null ? "Frozen" : "Everything is frozen")} by Dana Technician: Strange logins");
            story.Append(Ledger.StreamId.Freeze, new FreezeLifted(null) { Everything = cause is null ? null : true }, Story.Ravi.AsActor());
            (await TitlesAsync()).ShouldBe(before, "it is lifted");
        }
        var planned = TestViews.Of(story, access, policy: YearEnd);
        Titles(IncidentCard.Build(planned.ForPerson(await story.StateAsync(), await story.IncidentAsync(), "c", Story.Ravi)).AsReceived()).ShouldBe(before.Except(lost.Split(',')));

        async Task<JsonNode> DrawnAsync() => IncidentCard.Build(TestViews.Of(story, access).ForPerson(await story.StateAsync(), await story.IncidentAsync(), "c", Story.Ravi)).AsReceived();
        async Task<List<string>> TitlesAsync() => [.. Titles(await DrawnAsync())];
    }

    [Fact]
    public async Task After_an_undo_the_card_asks_what_happens_instead()
    {
        var (everybody, approver) = await DrawAsync("taken-back", local: false);
        Titles(approver).ShouldBe(["Handled", "Snooze", "Draft again", "Details"]);
        VisibleWords.Of(everybody).ShouldContain("Taken back, still firing");
        VisibleWords.Of(everybody).ShouldContain("Taken back; the alert still fires: nothing has been done about it.");
        VisibleWords.Of(everybody).ShouldNotContain("has 24 % free", Case.Sensitive, "that holds no more");
    }

    [Fact]
    public async Task Undo_asks_first_and_says_what_comes_of_it()
    {
        var (_, approver) = await DrawAsync("verified", local: false);
        var undo = approver["actions"]!.AsArray().Single(action => (string)action!["title"]! == "Undo")!;
        ((string)undo["type"]!).ShouldBe("Action.ShowCard");
        undo["card"]!["body"]!.ToJsonString().ShouldContain("may be so again");
        ((string)undo["card"]!["actions"]![0]!["verb"]!).ShouldBe(Verb.Undo);
    }

    [Fact]
    public async Task A_verified_card_offers_undo_only_while_it_is_possible()
    {
        var story = Stories["verified"](new Story());
        var access = new GivenAccess().Give(Story.Contoso, Story.Ravi, Role.Approver);
        var views = TestViews.Of(story, access);
        Titles(IncidentCard.Build(views.ForPerson(await story.StateAsync(), await story.IncidentAsync(), "c", Story.Ravi)).AsReceived()).ShouldContain("Undo");
        story.Clock.Advance(TimeSpan.FromHours(3));
        Titles(IncidentCard.Build(views.ForPerson(await story.StateAsync(), await story.IncidentAsync(), "c", Story.Ravi)).AsReceived()).ShouldNotContain("Undo");
    }

    [Theory]
    [InlineData("user", false, "User")]
    [InlineData("mailbox", false, "Mailbox")]
    [InlineData("site", false, "Site")]
    [InlineData("device", false, "Device")]
    [InlineData(null, true, "User")]
    [InlineData(null, false, "Device")]
    public async Task What_it_is_about_is_called_by_its_name(string? targetKind, bool aboutUser, string label)
    {
        var story = new Story { AboutUser = aboutUser }.Opened().Drafted(targetKind: targetKind).Staged();
        var card = IncidentCard.Build(TestViews.Of(story, new GivenAccess()).ForEverybody(await story.StateAsync(), await story.IncidentAsync(), "c")).AsReceived().ToJsonString();
        foreach (var other in new[] { "User", "Mailbox", "Site", "Device" })
            card.Contains($"\"title\":\"{other}\"", StringComparison.Ordinal).ShouldBe(other == label, card);
    }

    internal static Story Of(string phase) => Stories[phase](new Story());

    internal static IEnumerable<string> Titles(JsonNode card) => card["actions"]?.AsArray().Select(action => (string)action!["title"]!) ?? [];

    private static async Task<(JsonNode Everybody, JsonNode Approver)> DrawAsync(string phase, bool local)
    {
        var story = Stories[phase](new Story());
        var access = new GivenAccess { EverybodyIsAdministrator = local }.Give(Story.Contoso, Story.Ravi, Role.Approver);
        var views = TestViews.Of(story, access, policy: phase == "frozen-as-planned" ? YearEnd : null);
        var (state, incident) = (await story.StateAsync(), await story.IncidentAsync());
        return (IncidentCard.Build(views.ForEverybody(state, incident, "c")).AsReceived(), IncidentCard.Build(views.ForPerson(state, incident, "c", Story.Ravi, "A sentence about what just happened.")).AsReceived());
    }

    /// <summary>A changed card fails here with the new one beside the approved one; run with APPROVE_CARDS=1 to accept.</summary>
    private static void Compare(string name, JsonNode card, [CallerFilePath] string source = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(source)!, "Approved", name);
        var drawn = card.ToJsonString(Readable) + "\n";
        if (Environment.GetEnvironmentVariable("APPROVE_CARDS") == "1")
            File.WriteAllText(path, drawn);
        File.Exists(path).ShouldBeTrue($"{name} was never approved; run with APPROVE_CARDS=1 and look at it");
        drawn.ShouldBe(File.ReadAllText(path));
    }
}
