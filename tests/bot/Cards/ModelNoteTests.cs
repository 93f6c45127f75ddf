using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Views;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Cards;

/// <summary>A card says who of model and runbook wrote what it shows.</summary>
public sealed class ModelNoteTests
{
    [Theory]
    [InlineData("The model did not answer in time; this is the runbook's plan.")]
    [InlineData("Written by the model gpt-4o. No runbook stands behind it.")]
    public async Task The_note_is_in_sight_and_in_the_details(string note)
    {
        var story = new IncidentScript().Opened();
        var plan = new Plan([IncidentScript.CleanUp()]);
        story.Append(
            StreamId.Proposal(story.Id),
            new RecommendationDrafted(
                story.Id, 1, "model gpt-4o", "Clean up.", "", [], plan, Risk.Low, null, new Dictionary<string, string>(), false)
            {
                Note = note, RunbookPlan = new([IncidentScript.CleanUp() with { Command = "the runbook's own command" }]),
            },
            Actor.Service("drafting"));
        var views = TestViews.For(story.Staged(), new GivenAccess { EverybodyIsAdministrator = true });
        var (state, incident) = (await story.StateAsync(), await story.IncidentAsync());
        VisibleWords.For(IncidentCard.Build(views.ForEverybody(state, incident, Anywhere)).AsReceived()).ShouldContain(note);
        var details = ProposalDetails.For(views.ForPerson(state, incident, Anywhere, IncidentScript.Ravi));
        var lines = string.Join('\n', details.Covered.Select(static line => line.Words.ToString()));
        lines.ShouldContain(note);
        lines.ShouldContain("The runbook would: the runbook's own command.");
    }
}
