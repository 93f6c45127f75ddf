using System.Text.Json.Nodes;
using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Cards.Subjects;
using DevOpsAI.Bot.Views;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Cards;

namespace DevOpsAI.Tests.Loaner;

/// <summary>The card of what is no incident does for its readers what an incident's card does.</summary>
public sealed class LoanCardTests
{
    public static TheoryData<string> States => [.. LoanStates.Names];

    [Theory]
    [MemberData(nameof(States))]
    public async Task Every_card_is_valid_and_small_and_names_the_loan(string state)
    {
        foreach (var local in new[] { true, false })
        {
            var (everybody, approver) = await LoanStates.DrawAsync(state, local);
            foreach (var card in new[] { everybody.AsReceived(), approver.AsReceived() })
            {
                CardSchema.Problems(card).ShouldBeEmpty();
                card.ToJsonString().Length.ShouldBeLessThan(Card.MaxBytes);
                card.ToJsonString().ShouldNotContain("UTC", Case.Sensitive, "instants are written in the zone of whoever reads");
                VisibleWords.For(card).ShouldContain("loan L-1");
            }
        }
    }

    [Theory]
    [InlineData("waiting", "Approve Reject Snooze Details")]
    [InlineData("first-of-two", "Approve Reject Snooze Details")]
    [InlineData("snoozed", "Approve Reject Snooze Details")]
    [InlineData("human-only", "Handled Snooze Details")]
    [InlineData("frozen", "Reject Snooze Details")]
    [InlineData("glass-can-be-broken", "Approve Reject Snooze Break glass Details")]
    [InlineData("glass-broken", "Confirm Object Details")]
    [InlineData("done", "Details")]
    [InlineData("stopped", "Handled Details")]
    [InlineData("handled", "Details")]
    [InlineData("plan-waiting", "Approve Edit Reject Snooze Details")]
    [InlineData("plan-irreversible", "All details Reject Snooze Details")]
    [InlineData("plan-of-many-steps", "All details Reject Snooze Details")]
    [InlineData("plan-verified", "Undo Details")]
    [InlineData("undo-waiting", "Approve Reject Snooze Details")]
    [InlineData("undone", "Details")]
    public async Task An_approver_finds_the_buttons_that_the_state_has(string state, string buttons)
    {
        var card = (await LoanStates.DrawAsync(state)).Approver.AsReceived();
        string.Join(' ', card["actions"]!.AsArray().Select(static action => (string)action!["title"]!)).ShouldBe(buttons);
    }

    [Theory]
    [MemberData(nameof(States))]
    public async Task Everybody_reads_it_and_only_who_may_presses(string state)
    {
        var card = (await LoanStates.DrawAsync(state)).Everybody.AsReceived();
        card["actions"]!.AsArray().Select(static action => (string)action!["title"]!)
            .ShouldAllBe(static title => title == "Details" || title == "All details" || title == "Review");
    }

    [Theory]
    [InlineData("plan-irreversible")]
    [InlineData("plan-of-many-steps")]
    public async Task What_is_not_approved_on_the_card_is_approved_on_the_last_of_its_pages(string state)
    {
        var story = LoanStates.For(state);
        var access = new GivenAccess().Give(IncidentScript.Contoso, IncidentScript.Ravi, Role.Approver);
        var now = await story.StateAsync();
        var view = LoanStates.Views(story, access).ForPerson(now, now.FindProposal(LoanStates.Id)!, Anywhere, IncidentScript.Ravi)!;
        var last = DetailPages.From(view).ToReview - 1;
        var card = SubjectCard.Build(view with { Reading = new(last, "token") }).AsReceived();
        CardSchema.Problems(card).ShouldBeEmpty();
        card["actions"]!.AsArray().Select(static action => (string)action!["title"]!).ShouldContain("Approve");
        VisibleWords.For(card).ShouldContain("loan L-1");
    }

    [Theory]
    [InlineData("waiting", "Nobody has decided yet.", "A decision, by Ravi Approver.")]
    [InlineData("done", "Approved by Ravi Approver", "Nothing.")]
    [InlineData("rejected", "All notebooks are out.", "Nothing.")]
    [InlineData("stopped", "Approved by Ravi Approver", "A person must see to it")]
    public async Task Why_tells_it_as_a_story(string state, string decided, string open)
    {
        var story = LoanStates.For(state);
        var access = new GivenAccess().Give(IncidentScript.Contoso, IncidentScript.Ravi, Role.Approver);
        var now = await story.StateAsync();
        var view = LoanStates.Views(story, access).ForPerson(now, now.FindProposal(LoanStates.Id)!, Anywhere, IncidentScript.Ravi)!;
        var lines = WhyTimeline.For(view, story.Ledger.Entries(story.Tenant.Id)).ToDictionary(
            static line => line.About, static line => $"{line.Message}");
        lines["Decided"].ShouldContain(decided);
        lines["Asked for"].ShouldContain("Loan of a notebook (by Dana Technician");
        lines["Open now"].ShouldContain(open);
    }

    [Fact]
    public async Task It_stands_among_what_is_pending_with_a_button_that_brings_it()
    {
        var story = LoanStates.For("waiting");
        var now = await story.StateAsync();
        var subjects = LoanStates.Views(story, new GivenAccess());
        var view = PendingView.For([(IncidentScript.Contoso, now)], story.Clock.GetUtcNow(), 0, subjects);
        view.Lines.Select(static line => line.Id).ShouldContain("loan L-1");
        var card = PendingCard.Build(view).AsReceived();
        CardSchema.Problems(card).ShouldBeEmpty();
        card.ToJsonString().ShouldContain("\"subject\":\"loan:L-1\"");
    }

    [Fact]
    public async Task Text_from_outside_is_no_markup()
    {
        var (everybody, _) = await LoanStates.DrawAsync("hostile");
        var facts = Elements(everybody.AsReceived()).Where(static one => (string?)one["type"] is "TextBlock" or "FactSet")
            .Select(static one => one.ToJsonString());
        foreach (var text in facts)
        {
            text.ShouldNotMatch(@"(?<!\\)\]\(https");
            text.ShouldNotContain("<at>");
        }
    }

    private static IEnumerable<JsonObject> Elements(JsonNode? node) => node switch
    {
        JsonObject element => element.SelectMany(static member => Elements(member.Value)).Prepend(element),
        JsonArray array => array.SelectMany(Elements),
        _ => [],
    };
}
