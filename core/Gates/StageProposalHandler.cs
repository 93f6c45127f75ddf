using DevOpsAI.Common;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using MediatR;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Gates;

/// <summary>Puts what was drafted at its gate. Asking again does nothing: a draft is staged once.</summary>
/// <remarks>Throws <see cref="LedgerUnavailableException"/>; the subscription that asked hands the entry over again.</remarks>
internal sealed class StageProposalHandler(
    ILedger ledger, TenantStates states, GatePolicies policies, ActionCatalog catalog, KillSwitch killSwitch,
    TimeProvider clock, ILogger<StageProposalHandler> logger) : IRequestHandler<StageProposal, Unit>
{
    private const int Tries = 10;

    public async Task<Unit> Handle(StageProposal request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            var state = await states.GetAsync(request.Tenant, cancellationToken);
            if (state.Find(request.IncidentId) is not { } incident || !ProposalStaging.IsDue(incident))
                return Unit.Value;
            var staged = Stage(state, incident);
            var result = await ledger.AppendAsync(
                request.Tenant,
                [
                    new(StreamId.Proposal(incident.Id), incident.Proposal.Version),
                    new(StreamId.Incident(incident.Id), incident.IncidentVersion),
                    state.GetVersion(StreamId.Freeze),
                ],
                [new(StreamId.Proposal(incident.Id), staged.Requester, incident.Correlation, staged, incident.Proposal.DraftSeq)],
                cancellationToken);
            if (result is AppendResult.Appended)
            {
                Failpoints.Hit(Failpoint.ProposalStaged);
                logger.Staged(incident.Id, request.Tenant, staged.Revision, staged.Terms.Level);
                return Unit.Value;
            }
        }
        throw new LedgerUnavailableException(
            $"{request.IncidentId} of {request.Tenant} could not be staged: others were faster {Tries} times.");
    }

    private ProposalStaged Stage(TenantState state, Incident incident)
    {
        var draft = incident.Draft!;
        var policy = policies.For(state.Tenant);
        var find = catalog.For(state.Tenant);
        var now = clock.GetUtcNow();
        var question = new GateQuestion(GateArea.Operations, incident.Severity, draft.Plan, now)
        {
            EarlierWeight = ProposalStaging.EarlierWeight(state, incident.Proposal, long.MaxValue, now - policy.Chain.Window, find),
            Risk = draft.Risk,
            ByWords = draft.ByWords == true,
            AtLeast = draft.AtLeast,
            AtLeastReason = draft.AtLeastReason,
            Problem = draft.Problem ?? catalog.GetSwitchedOff(state.Tenant, draft.Plan)
                ?? RedraftRules.TooOften(incident.Proposal, policy.Limits),
            NotAfter = draft.NotAfter,
            Hold = state.Freeze is { } freeze
                ? FreezeRules.Describe(state.Name, freeze)
                : policy.GetFreezeReason(now)
                    ?? killSwitch.GetPauseReason(state.Tenant, draft.Plan, connection => catalog.GetConnector(state.Tenant, connection))
                    ?? QuotaRules.Check(state, policy, draft.Plan, now) ?? RedraftRules.Hold(incident.Proposal)
                    ?? ProposalStaging.CameBack(state, incident, now - policy.Chain.Window, find),
        };
        var staged = ProposalStaging.Stage(
            incident.Proposal, Math.Max(draft.Revision, (incident.Staged?.Revision ?? 0) + 1), ProposalKind.Remedy,
            Actor.Service("drafting"), draft.Plan, draft.Observed, DraftTerms.Compute(policy, question, draft, find), find,
            ProposalStaging.NewNonce());
        return (ProposalStaged)staged.WithClock(now);
    }
}
