using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>Gives an account a role for a time, and takes back what was given for a time; what is for ever is left alone.</summary>
internal sealed class GraphRoleActions(GraphRoles roles)
{
    public const string Assign = "role.assign";
    public const string Remove = "role.remove";

    public async Task<CallOutcome<ActionReceipt>> ActAsync(
        Connection connection, GraphUser user, ActionCall call, TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        var name = call.Arguments["role"];
        var found = await roles.FindAsync(connection, name, cancellationToken);
        if (found is not CallOutcome<IReadOnlyList<GraphRole>>.Done(var all))
            return GraphKind.NothingDone(found);
        if (all is not [var role])
        {
            return new CallOutcome<ActionReceipt>.Refused(
                all.Count == 0 ? "not-found" : "ambiguous",
                $"The directory has {(all.Count == 0 ? "no role" : "several roles")} called {name}.");
        }
        var listed = await roles.InstancesAsync(connection, user.Id, cancellationToken);
        if (listed is not CallOutcome<IReadOnlyList<GraphRoleInstance>>.Done(var instances))
            return GraphKind.NothingDone(listed);
        List<GraphRoleInstance> own =
            [.. instances.Where(one => one.RoleId.Equals(role.Id, StringComparison.OrdinalIgnoreCase))];
        var isAssigning = call.Action == Assign;
        if ((isAssigning ? CheckAssign(user, role, own) : CheckRemove(user, role, own)) is { } instead)
            return instead;
        TimeSpan? lasts = isAssigning ? TimeSpan.FromHours(int.Parse(call.Arguments["hours"], null)) : null;
        return await roles.RequestAsync(connection, role, user.Id, lasts, call.OperationId, timeLimit, cancellationToken);
    }

    private static CallOutcome<ActionReceipt>? CheckAssign(GraphUser user, GraphRole role, List<GraphRoleInstance> own)
    {
        if (role.IsUnlimited)
        {
            return new CallOutcome<ActionReceipt>.Refused(
                "unlimited-role", $"{role.Name} can give itself every right: it is given by hand in Entra.");
        }
        return own.Count > 0
            ? new CallOutcome<ActionReceipt>.Refused("already-assigned", $"{user.Upn} has the role {role.Name} already; nothing was sent.")
            : null;
    }

    private static CallOutcome<ActionReceipt>? CheckRemove(GraphUser user, GraphRole role, List<GraphRoleInstance> own)
    {
        if (own.Count == 0)
            return new CallOutcome<ActionReceipt>.Done(new($"{user.Upn} does not have the role {role.Name}; nothing was sent."));
        return own.Exists(static one => one.Until is null)
            ? new CallOutcome<ActionReceipt>.Refused(
                "permanent-role", $"{user.Upn} has the role {role.Name} for ever, not for a time: it is taken by hand in Entra.")
            : null;
    }
}
