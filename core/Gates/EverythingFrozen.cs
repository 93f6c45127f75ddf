using System.Collections.Concurrent;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Gates;

/// <summary>
/// One act that stops everything or lets it go on. It is written to every tenant's own ledger, because there is nothing above them that
/// every instance reads; what could not be written is told, and saying it again does the rest.
/// </summary>
internal sealed class EverythingFrozen(DecisionService recorder, ITenantDirectory tenants, IAccess access)
    : IRequestHandler<FreezeEverything, RequestResult>, IRequestHandler<UnfreezeEverything, RequestResult>
{
    private const int MaxAtOnce = 8;

    public async Task<RequestResult> Handle(FreezeEverything request, CancellationToken cancellationToken)
    {
        if (FreezeRules.CheckReason(request.Reason, needed: true) is { } why)
            return new(null, Refusal.BadInput, why);
        request = request with { Reason = request.Reason.Trim() };
        var results = await OfEachAsync((state, roles) => FreezeRules.SetEverything(state, request, roles), request.By);
        return Sum(results, Refusal.AlreadyDecided,
            done: clients =>
                $"Everything is frozen for {clients}: nothing is approved or executed until another administrator says 'unfreeze "
                + $"everything'.",
            none: "Only administrators may freeze everything.");
    }

    public async Task<RequestResult> Handle(UnfreezeEverything request, CancellationToken cancellationToken)
    {
        if (FreezeRules.CheckReason(request.Reason, needed: false) is { } why)
            return new(null, Refusal.BadInput, why);
        request = request with { Reason = string.IsNullOrWhiteSpace(request.Reason) ? null : request.Reason.Trim() };
        var results = await OfEachAsync((state, roles) => FreezeRules.LiftEverything(state, request, roles), request.By);
        return Sum(results, Refusal.NotPossible,
            done: clients =>
                $"The stop of everything is lifted for {clients}; what waits can be approved again. A client's own freeze stays until it "
                + $"is lifted.",
            none: "Only administrators may lift a stop of everything.");
    }

    private async Task<IReadOnlyList<(Tenant Tenant, RequestResult Answer)>> OfEachAsync(
        Func<TenantState, IReadOnlySet<Role>, Outcome> decide, Person by)
    {
        var results = new ConcurrentDictionary<TenantId, RequestResult>();
        // Once begun it goes through: half a stop is the worst of both.
        await Parallel.ForEachAsync(tenants.All,
            new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = CancellationToken.None }, async (tenant, _) =>
            results[tenant.Id] =
                await recorder.RecordAsync(
                    tenant.Id, null, state => decide(state, access.GetRoles(state, by.ObjectId)), null, CancellationToken.None));
        return [.. tenants.All.Select(tenant => (tenant, results[tenant.Id]))];
    }

    /// <param name="already">The refusal of a tenant where it is so already.</param>
    private RequestResult Sum(IReadOnlyList<(Tenant Tenant, RequestResult Answer)> results, Refusal already, Func<string, string> done,
        string none)
    {
        var so = results.Where(one => one.Answer.IsDone || one.Answer.Refusal == already).ToList();
        var open = results.Except(so).ToList();
        var failed = open.Where(static one => one.Answer.Refusal != Refusal.NotAllowed).ToList();
        var forbidden = open.Count - failed.Count;
        // Whoever is administrator nowhere hears of no client, and nobody hears names: this may be said where one client's people listen.
        if (so.Count == 0)
            return forbidden > 0 || failed.Count == 0 ? new(null, Refusal.NotAllowed, none) : failed[0].Answer;
        var messages = new List<string>();
        if (so.Exists(static one => one.Answer.IsDone))
            messages.Add(
                done(so.Count == 1 && results.Count == 1
                    ? so[0].Tenant.Name
                    : $"{(so.Count == results.Count ? "all " : "")}{GateMessages.Count(so.Count, "client")}"));
        else
            messages.Add(already == Refusal.AlreadyDecided ? so[0].Answer.Message : "Nothing is frozen with everything.");
        if (failed.Count > 0)
            messages.Add($"Not for {GateMessages.Count(failed.Count, "client")}: {failed[0].Answer.Message} Say it again then.");
        if (forbidden > 0)
            messages.Add($"Not for {GateMessages.Count(forbidden, "client")} where you are no administrator.");
        if (tenants.InOtherRegions.Count > 0)
            messages.Add(
                $"{GateMessages.Count(tenants.InOtherRegions.Count, "client")} kept in another region "
                + $"{(tenants.InOtherRegions.Count == 1 ? "is" : "are")} served by another bot; say it there too.");
        return new(null, so.Exists(static one => one.Answer.IsDone) ? null : so[0].Answer.Refusal, string.Join(' ', messages));
    }
}
