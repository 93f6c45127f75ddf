using DevOpsAI.Common;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using MediatR;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Drafting;

/// <summary>
/// Drafts what is due for an incident and puts it at its gate: the first recommendation, or the next revision after drift, when a person
/// asked for it, when a remedy was taken back, when nobody decided in time, when an alert became more severe, or when it fires again after
/// it had ended by itself. Asking again does no harm: what is on record is not drafted twice, only staged if that is missing.
/// </summary>
public sealed record DraftRecommendation(TenantId Tenant, IncidentId IncidentId) : IRequest<Unit>;

internal sealed class DraftRecommendationHandler(
    ILedger ledger,
    TenantStates states,
    IncidentDrafter drafter,
    IMediator mediator,
    ILogger<DraftRecommendationHandler> log,
    IKillSwitch? killSwitch = null) : IRequestHandler<DraftRecommendation, Unit>
{
    private const int MaxConflicts = 10;
    private static readonly Actor Drafter = Actor.Service("drafting");

    public async Task<Unit> Handle(DraftRecommendation request, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxConflicts; attempt++)
        {
            var state = await states.GetAsync(request.Tenant, cancellationToken);
            if (state.Find(request.IncidentId) is not { IsOpen: true } incident)
                return Unit.Value;
            if (RevisionDue(incident) is { } revision && !await AppendAsync(incident, revision, cancellationToken))
                continue;
            if (RevisionDue(incident) is not null || IsUnstaged(incident))
            {
                ThrowIfHeld(request.Tenant);
                await mediator.Send(new StageProposal(request.Tenant, request.IncidentId), cancellationToken);
            }
            return Unit.Value;
        }
        throw new InvalidOperationException($"{request.IncidentId} changed {MaxConflicts} times while it was drafted.");
    }

    /// <summary>Asking a vendor takes a while, and the kill switch counts from the moment it is thrown.</summary>
    private void ThrowIfHeld(TenantId tenant)
    {
        if (killSwitch?.IsOn(tenant) == true)
            throw new SubscriptionPausedException();
    }

    /// <summary>The revision to draft now; null when the one on record is the one that counts.</summary>
    internal static int? RevisionDue(Incident incident) => incident switch
    {
        { Draft: null } => 1,
        { IsToBeDraftedAnew: true } => incident.Proposal.NextRevision,
        _ when IsUnstaged(incident) => null,
        { Phase: ProposalPhase.Drafting } when incident.Redraft is not null || incident.Execution?.Outcome == ExecutionOutcome.Drifted =>
            incident.Proposal.NextRevision,
        { Proposal.MustAskAgain: true } or { IsStagedTooLow: true } or { IsOpen: true, Phase: ProposalPhase.Undone } =>
            incident.Proposal.NextRevision,
        _ => null,
    };

    private static bool IsUnstaged(Incident incident) => incident.Draft is { } draft && draft.Revision > (incident.Staged?.Revision ?? 0);

    private async Task<bool> AppendAsync(Incident incident, int revision, CancellationToken cancellationToken)
    {
        var draft = await drafter.DraftAsync(incident, revision, cancellationToken);
        ThrowIfHeld(incident.Tenant);
        var result = await ledger.AppendAsync(
            incident.Tenant,
            [new(StreamId.Proposal(incident.Id), incident.Proposal.Version), new(StreamId.Incident(incident.Id), incident.IncidentVersion)],
            [new(StreamId.Proposal(incident.Id), Drafter, incident.Correlation, draft,
                await CauseAsync(incident, revision, cancellationToken))],
            cancellationToken);
        if (result is not AppendResult.Appended)
            return false;
        log.Drafted(incident.Id, incident.Tenant, revision, draft.Drafter, draft.Plan.Steps.Count, draft.Problem is not null);
        Failpoints.Hit(Failpoint.RecommendationDrafted);
        return true;
    }

    /// <summary>
    /// What this draft answers to: the opening of the incident, the end of the execution that found drift or took a remedy back, who asked
    /// for it, the silence, the rise, or the alert that fires again.
    /// </summary>
    private async ValueTask<long> CauseAsync(Incident incident, int revision, CancellationToken cancellationToken)
    {
        if (revision == 1)
            return incident.OpenedSeq;
        var entries = await ledger.ReadStreamAsync(incident.Tenant, StreamId.Proposal(incident.Id), cancellationToken);
        return Math.Max(
            entries.LastOrDefault(entry => entry.Fact is ExecutionFinished or UndoFinished or RedraftRequested or ProposalExpired)?.Seq
                ?? incident.OpenedSeq, Math.Max(incident.RaisedSeq, incident.CameUpSeq));
    }
}
