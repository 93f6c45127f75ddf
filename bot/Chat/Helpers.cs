using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>Knows who can help a person who may not, or not now: a refusal that names nobody leaves them with nobody to ask.</summary>
internal sealed class Helpers(IAccess access, ProposalViews views)
{
    private static readonly Role[] Approving = [Role.Approver, Role.Administrator];

    /// <summary>For the end of a refusal: whom to ask, by name; empty where asking helps nobody.</summary>
    public string Ask(TurnContext turn, TenantState state, RequestResult refused, Person person)
    {
        var place = turn.Conversation.ChannelId;
        if (refused.Refusal == Refusal.Frozen && state.Freeze is { } freeze)
            return Said(views.PeopleWith(state, place, freeze.LiftedBy, freeze.By.Person), " to lift it");
        if (refused.Refusal is not (Refusal.NotAllowed or Refusal.OwnRequest or Refusal.AlreadyApprovedByYou)
            || access.EverybodyIsAdministrator)
            return "";
        var deciders = refused.Proposal is { IsUndecided: true } proposal && state.FindProposal(proposal.Subject) is { } now
            ? views.DecidersOf(state, now, place)
            : null;
        return Said(deciders ?? views.PeopleWith(state, place, Approving, person.ObjectId), "");
    }

    /// <summary>Why this person has no right to decide about it now, and whom to ask; null when they have.</summary>
    public string? CheckPermission(TurnContext turn, TenantState state, Proposal proposal, Person person) =>
        access.AuthorizeDecision(state, proposal, person.ObjectId) is { } why ? why.Message + Ask(turn, state, why, person) : null;

    /// <summary>As <see cref="CheckPermission"/>; also that a freeze keeps everybody from it.</summary>
    public string? AuthorizeDecision(TurnContext turn, TenantState state, Incident incident, Person person)
    {
        if (CheckPermission(turn, state, incident.Proposal, person) is { } why)
            return why;
        if (state.Freeze is not { } freeze)
            return null;
        var whom = Ask(turn, state, new(incident.Proposal, Refusal.Frozen, ""), person);
        return $"{freeze.Describe(CardText.Name(state.Name, 60))}{whom} {incident.Id} can be rejected or snoozed meanwhile.";
    }

    private static string Said(string? who, string what) => who switch
    {
        null => "",
        Deciders.Nobody => " Nobody who could is there now.",
        _ => $" Ask {who}{what}.",
    };
}
