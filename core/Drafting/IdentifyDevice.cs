using DevOpsAI.Connections;
using DevOpsAI.Connections.Identity;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Drafting;

/// <summary>A person says which records the device of a name is; what was said of that name before does not count any more.</summary>
/// <param name="Records">At least one; each must be there under that name.</param>
public sealed record IdentifyDevice(
    TenantId Tenant, Person By, string Name, IReadOnlyList<RecordName> Records, CorrelationId Correlation) : IRequest<RequestResult>;

/// <summary>A record as people name it: connection and the vendor's id.</summary>
public sealed record RecordName(string Connection, string Id);

/// <summary>A person takes back what was said of a name.</summary>
public sealed record ForgetDevice(TenantId Tenant, Person By, string Name, CorrelationId Correlation) : IRequest<RequestResult>;

/// <summary>What the tenant's connections know of a device's name, and what was said of it.</summary>
public sealed record LookUpDevice(TenantId Tenant, string Name) : IRequest<DeviceKnown>;

/// <param name="Things">One where all is clear.</param>
/// <param name="Silent">Connections that gave no answer, and why.</param>
public sealed record DeviceKnown(
    IReadOnlyList<KnownThing> Things, IReadOnlyList<SearchTrouble> Silent, Confirmation? Confirmation);

/// <summary>Who may say which device is meant: later plans act on it.</summary>
internal static class IdentityPermissions
{
    public static Outcome? Check(TenantState state, Person by, IAccess access)
    {
        if (access.EverybodyIsAdministrator)
            return null;
        var roles = access.GetRoles(state, by.ObjectId);
        return roles.Contains(Role.Administrator) || roles.Contains(Role.Approver)
            ? null
            : Outcome.Refuse(null, Refusal.NotAllowed, $"Only administrators and approvers of {state.Name} may say which device is meant.");
    }
}

internal sealed class LookUpDeviceHandler(IConnections connections, TargetSearch search, ClientNames clients, TenantStates states)
    : IRequestHandler<LookUpDevice, DeviceKnown>
{
    public async Task<DeviceKnown> Handle(LookUpDevice request, CancellationToken cancellationToken)
    {
        var found = await search.FindAsync(connections.For(request.Tenant), "device", request.Name, cancellationToken);
        var confirmation = (await states.GetAsync(request.Tenant, cancellationToken)).Identity.Find("device", request.Name);
        var own = found.Found.Where(one => !clients.IsOther(request.Tenant, one.Target.Client)).Select(static one => one.Known);
        return new([.. IdentityMap.Group(own, confirmation)], found.Troubles, confirmation);
    }
}

internal sealed class IdentifyDeviceHandler(
    DecisionService recorder, IConnections connections, TargetSearch search, ClientNames clients, IAccess access)
    : IRequestHandler<IdentifyDevice, RequestResult>
{
    private const int MaxRecords = 10;

    public async Task<RequestResult> Handle(IdentifyDevice request, CancellationToken cancellationToken)
    {
        if (request.Records.Count is 0 or > MaxRecords || TargetNames.From(request.Name) is null)
        {
            return new(null, Refusal.BadInput, "Name the device and one to ten of its records, as in 'identify SRV-01 as contoso-rmm/7'.");
        }
        var found = new List<ConfirmedRecord>();
        foreach (var record in request.Records.Distinct())
        {
            if (connections.Find(request.Tenant, record.Connection) is not { } connection)
                return new(null, Refusal.BadInput, $"There is no connection {QuotedText.Short(record.Connection)} that could know it.");
            var result = await search.FindAsync([connection], "device", request.Name, cancellationToken);
            if (result.Troubles is [var trouble, ..])
                return new(null, Refusal.NotPossible, $"{trouble.Connection} does not answer: {QuotedText.Short(trouble.Message, 160)}.");
            var known = result.Found.Select(static one => one.Known).FirstOrDefault(
                one => one.Target.Id == record.Id && !clients.IsOther(request.Tenant, one.Target.Client));
            if (known is null)
            {
                return new(null, Refusal.BadInput,
                    $"{connection.Name} knows no device {QuotedText.Short(request.Name)} with the id {QuotedText.Short(record.Id)}.");
            }
            var serial = known.Identifiers.FirstOrDefault(static one => one.Kind == IdentifierKind.Serial)?.Value;
            found.Add(new(connection.Name, record.Id, serial));
        }
        return await recorder.RecordAsync(request.Tenant, null, state => Decide(state, request, found), null, cancellationToken);
    }

    private Outcome Decide(TenantState state, IdentifyDevice request, List<ConfirmedRecord> found) =>
        IdentityPermissions.Check(state, request.By, access) ?? Outcome.On(
            state, StreamId.Identity, request.By, request.Correlation, new IdentityConfirmed("device", request.Name, found),
            $"{QuotedText.Short(request.Name)} of {state.Name} is "
            + $"{QuotedText.List(found.Select(static one => $"{one.Id} in {one.Connection}"))} from now on.");
}

internal sealed class ForgetDeviceHandler(DecisionService recorder, IAccess access) : IRequestHandler<ForgetDevice, RequestResult>
{
    public Task<RequestResult> Handle(ForgetDevice request, CancellationToken cancellationToken) =>
        recorder.RecordAsync(request.Tenant, null, state => Decide(state, request), null, cancellationToken);

    private Outcome Decide(TenantState state, ForgetDevice request)
    {
        if (IdentityPermissions.Check(state, request.By, access) is { } refused)
            return refused;
        return state.Identity.Find("device", request.Name) is null
            ? Outcome.AlreadySo($"Nobody has said which device {QuotedText.Short(request.Name)} is.")
            : Outcome.On(
                state, StreamId.Identity, request.By, request.Correlation, new IdentityWithdrawn("device", request.Name),
                $"What was said of {QuotedText.Short(request.Name)} does not count any more.");
    }
}
