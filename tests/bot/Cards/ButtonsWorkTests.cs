using System.Text.Json.Nodes;
using DevOpsAI.Bot.Cards;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Cards;

/// <summary>A button that is there does what it says for whoever sees it; whoever misses one reads who has it.</summary>
public sealed class ButtonsWorkTests
{
    private static readonly Person Somebody = new(Who("77777777-7777-4777-8777-777777777777"), "Kim Somebody");

    public static TheoryData<string, Role?> Cases =>
        [.. from phase in IncidentCardTests.Phases.Select(static row => row.Data)
            from role in Enum.GetValues<Role>().Cast<Role?>().Append(null) select (phase, role)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Every_button_of_a_person_s_own_card_is_one_that_the_rules_let_them_press(string phase, Role? role)
    {
        var story = CardStates.For(phase);
        var access = new RealAccess(story).Give(IncidentScript.Ravi, Role.Approver).Give(Somebody, role);
        var views = TestViews.For(story, access);
        var (state, incident) = (await story.StateAsync(), await story.IncidentAsync());
        var card = IncidentCard.Build(views.ForPerson(state, incident, Anywhere, Somebody)).AsReceived();

        foreach (var verb in Verbs(card))
        {
            if (Outcome(state, incident, access, story.Clock.GetUtcNow(), verb)
                is Outcome.Unchanged { Answer: { Refusal: { } refusal } result })
                Assert.Fail($"{verb} is offered to {role} and refused: {refusal}, {result.Message}");
        }
    }

    [Theory]
    [InlineData(Role.Technician, false)]
    [InlineData(Role.Manager, false)]
    [InlineData(Role.Auditor, false)]
    [InlineData(Role.Approver, true)]
    [InlineData(Role.Administrator, true)]
    public async Task Undo_is_offered_to_who_may_and_others_read_who_that_is(Role role, bool may)
    {
        var story = CardStates.For("verified");
        var views = TestViews.For(story, new RealAccess(story).Give(IncidentScript.Ravi, Role.Approver).Give(Somebody, role), ["29:ravi"]);
        var card = IncidentCard.Build(
            views.ForPerson(await story.StateAsync(), await story.IncidentAsync(), Anywhere, Somebody)).AsReceived();
        IncidentCardTests.Titles(card).Contains("Undo").ShouldBe(may);
        VisibleWords.For(card)
            .ShouldContain(may ? "Undo is possible until 11/21/2026 7:00 AM." : "Undo is possible until 11/21/2026 7:00 AM, by ");
        if (!may)
            VisibleWords.For(card).ShouldContain("Ravi Approver");
    }

    private static IEnumerable<string> Verbs(JsonNode? node) => node switch
    {
        JsonObject element when (string?)element["type"] == "Action.Execute" => [(string)element["verb"]!],
        JsonObject element when (string?)element["type"] != "refresh" =>
            element.Where(static member => member.Key is not ("refresh" or "fallback")).SelectMany(static member => Verbs(member.Value)),
        JsonArray array => array.SelectMany(Verbs),
        _ => [],
    };

    private static Outcome? Outcome(TenantState state, Incident incident, RealAccess access, DateTimeOffset now, string verb)
    {
        var rules = new DecisionContext(GatePolicies.BuiltIn, static (target, action) => new OneSandbox().Actions.GetValueOrDefault(action),
            static () => new('1', 32), static (_, _) => null);
        var decide = new Decide(state.Tenant, incident.Id, Somebody, DecisionKind.Approve, incident.Staged?.Seal ?? "",
            CorrelationId.Parse("c"));
        return verb switch
        {
            Verb.Approve => Decided(decide),
            Verb.ApproveEdited =>
                Decided(decide with { Kind = DecisionKind.ApproveWithEdits,
                    Edits = new Dictionary<string, string> { ["0." + incident.PlanInForce.Steps[0].Editable[0]] = "temp" } }),
            Verb.Reject => Decided(decide with { Kind = DecisionKind.Reject, Reason = "No." }),
            Verb.Snooze => Decided(decide with { Kind = DecisionKind.Snooze, Until = now.AddHours(1) }),
            Verb.Handled => Decided(decide with { Kind = DecisionKind.Handled }),
            Verb.BreakGlass => Decided(decide with { BreakGlass = true, Reason = "It cannot wait." }),
            Verb.Confirm or Verb.Object => BreakGlassRules.Review(
                state, new(state.Tenant, incident.Id, Somebody, incident.OpenGlass!.Revision, verb == Verb.Confirm, "As it was.",
                CorrelationId.Parse("c")),
                access.GetRoles(state, Somebody.ObjectId)),
            Verb.Undo =>
                UndoRules.Request(state, new(state.Tenant, incident.Id, Somebody, CorrelationId.Parse("c")),
                    access.GetRoles(state, Somebody.ObjectId), now,
                    WithWayBack(rules)),
            Verb.Redraft =>
                RedraftRules.Request(state, new(state.Tenant, incident.Id, Somebody, incident.Staged?.Seal, CorrelationId.Parse("c")),
                    access.GetRoles(state, Somebody.ObjectId), now),
            Verb.Details or Verb.View or Verb.Why or Verb.Show => null,
            _ => throw new InvalidOperationException($"Nothing is known of {verb}."),
        };

        Outcome Decided(Decide command) => DecisionRules.Decide(state, command, access.GetStanding(state, Somebody.ObjectId), now, rules);

        static DecisionContext WithWayBack(DecisionContext rules) =>
            rules with { Find =
                (target, action) => rules.Find(target, action) ?? rules.Find(target, "disk.cleanup")! with { Name = action } };
    }

    /// <summary>The rules themselves, with roles as a test gives them.</summary>
    private sealed class RealAccess(IncidentScript story) : IAccess
    {
        private readonly Dictionary<PersonId, HashSet<Role>> held = [];

        public bool EverybodyIsAdministrator => false;

        public RealAccess Give(Person person, Role? role)
        {
            if (role is { } given)
                held[person.ObjectId] = [given];
            return this;
        }

        public IReadOnlySet<Role> GetRoles(TenantState state, PersonId person) => held.GetValueOrDefault(person, []);

        public IEnumerable<PersonId> PeopleWithRoles(TenantState state) => held.Keys;

        public EffectiveRoles GetStanding(TenantState state, PersonId person) =>
            EffectiveRoles.Create(state, person, id => GetRoles(state, id), GatePolicies.BuiltIn, story.Clock.GetUtcNow());

        public RequestResult? AuthorizeDecision(TenantState state, Proposal proposal, PersonId person) =>
            DecisionRules.AuthorizeDecision(state, proposal, GetStanding(state, person), person, story.Clock.GetUtcNow());

        public RequestResult? AuthorizeBreakGlass(TenantState state, Proposal proposal, PersonId person) =>
            BreakGlassRules.Check(state, proposal, GetRoles(state, person), AuthorizeDecision(state, proposal, person));

        public RequestResult? AuthorizeReview(TenantState state, Proposal proposal, PersonId person) =>
            BreakGlassRules.AuthorizeReview(state, proposal, proposal.OpenGlass, GetRoles(state, person), person);
    }
}
