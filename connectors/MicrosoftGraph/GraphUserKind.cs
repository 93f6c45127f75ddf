using System.Globalization;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>Users of Entra ID, by user principal name or display name.</summary>
internal sealed class GraphUserKind(GraphUsers users, GraphRisks risks, GraphRoles roles, GraphRoleActions assignments) : GraphKind
{
    public override string Kind => "user";

    public override async Task<CallOutcome<IReadOnlyList<(string Id, string Name)>>> FindAsync(
        Connection connection, string name, CancellationToken cancellationToken)
    {
        var outcome = await users.FindAsync(connection, name, cancellationToken);
        return outcome is CallOutcome<IReadOnlyList<GraphUser>>.Done(var found)
            ? new CallOutcome<IReadOnlyList<(string Id, string Name)>>.Done([.. found.Select(static user => (user.Id, user.Upn))])
            : outcome.As<IReadOnlyList<(string Id, string Name)>>();
    }

    public override async Task<CallOutcome<IReadOnlyDictionary<string, string>>> ObserveAsync(
        Connection connection, string id, CancellationToken cancellationToken)
    {
        var read = await users.ReadAsync(connection, id, cancellationToken);
        if (read is not CallOutcome<GraphUser>.Done(var user))
            return read.As<IReadOnlyDictionary<string, string>>();
        var seen = new Dictionary<string, string>(StringComparer.Ordinal) 
        {
            ["user.synchronized"] = Word(user.IsSynchronized), ["user.objectId"] = user.Id, ["user.upn"] = user.Upn,
        };
        if (user.IsEnabled is { } enabled)
            seen["user.enabled"] = Word(enabled);
        if (user.SessionsValidFrom is { } from)
            seen["user.sessionsValidFrom"] = Time(from);
        // Entra ID Protection is a licence of its own, and its permission is not needed for the rest.
        if (await risks.UserAsync(connection, id, cancellationToken) is CallOutcome<string>.Done(var risk))
            seen["user.risk"] = risk;
        if (await risks.DetectionsAsync(connection, id, cancellationToken) is CallOutcome<IReadOnlyList<string>>.Done(var signIns))
            seen["user.riskySignIns"] = signIns.Count.ToString(CultureInfo.InvariantCulture);
        if (await roles.InstancesAsync(connection, id, cancellationToken) is CallOutcome<IReadOnlyList<GraphRoleInstance>>.Done(var held))
        {
            foreach (var name in held.Select(static one => one.RoleName).OfType<string>())
                seen[$"role.{name}.state"] = "active";
        }
        return new CallOutcome<IReadOnlyDictionary<string, string>>.Done(seen);
    }

    public override async Task<CallOutcome<ActionReceipt>> ActAsync(
        Connection connection, ActionCall call, ActionSpec action, CancellationToken cancellationToken)
    {
        var target = call.Target;
        var read = await users.ReadAsync(connection, target.Id, cancellationToken);
        if (read is not CallOutcome<GraphUser>.Done(var user))
            return NothingDone(read);
        if (!user.Upn.Equals(target.Name, StringComparison.OrdinalIgnoreCase))
            return Renamed(target);
        return action.Name switch
        {
            GraphRoleActions.Assign or GraphRoleActions.Remove =>
                await assignments.ActAsync(connection, user, call, action.Timeout, cancellationToken),
            "user.revoke-sessions" => await users.RevokeAsync(connection, user.Id, action.Timeout, cancellationToken),
            _ => await SwitchAsync(connection, user, action.Name == "user.enable", action.Timeout, cancellationToken),
        };
    }

    private async Task<CallOutcome<ActionReceipt>> SwitchAsync(
        Connection connection, GraphUser user, bool enable, TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        if (user.IsSynchronized)
        {
            return new CallOutcome<ActionReceipt>.Refused(
                "synchronized", $"{user.Upn} is kept in the client's local directory, which would undo this: "
                    + $"{(enable ? "enable" : "disable")} the account there.");
        }
        return user.IsEnabled == enable
            ? new CallOutcome<ActionReceipt>.Done(new($"{user.Upn} was {(enable ? "enabled" : "disabled")} already; nothing was sent."))
            : await users.SwitchAsync(connection, user.Id, enable, timeLimit, cancellationToken);
    }
}
