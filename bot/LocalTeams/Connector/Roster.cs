namespace DevOpsAI.LocalTeams.Connector;

/// <summary>Members and teams as the connector tells them.</summary>
internal static class Roster
{
    /// <summary>The plain list, deprecated in Teams, which spells the Entra id <c>objectId</c>.</summary>
    public static ConnectorResult Members(string conversationId) => Address.Find(conversationId) is { } address
        ? ConnectorResult.Ok(LocalDirectory.GetMembers(address.Place).Select(person => new
        {
            id = person.Mri,
            objectId = person.ObjectId,
            name = person.Name,
            givenName = person.GivenName,
            surname = person.Surname,
            email = person.Upn,
            userPrincipalName = person.Upn,
            tenantId = LocalDirectory.TenantId,
            userRole = "user",
        }))
        : ConnectorResult.NoConversation;

    /// <summary>Everybody fits on one page, since a page has at least fifty. The total counts the bot.</summary>
    public static ConnectorResult Page(string conversationId)
    {
        if (Address.Find(conversationId) is not { } address)
            return ConnectorResult.NoConversation;
        var members =
            LocalDirectory.GetMembers(address.Place).OrderBy(person => person.Mri, StringComparer.Ordinal).Select(Member).ToList();
        return ConnectorResult.Ok(new { members, totalCount = members.Count + 1 });
    }

    /// <param name="member">MRI or user principal name.</param>
    public static ConnectorResult One(string conversationId, string member)
    {
        if (Address.Find(conversationId) is not { } address)
            return ConnectorResult.NoConversation;
        return LocalDirectory.FindPerson(member) is { } person && address.Place.Has(person)
            && (member.StartsWith("29:", StringComparison.Ordinal) || member.Contains('@'))
            ? ConnectorResult.Ok(Member(person))
            : ConnectorResult.Error(StatusCodes.Status404NotFound, "MemberNotFoundInConversation", "Member not found in conversation");
    }

    public static ConnectorResult Team(string teamId) => teamId == LocalDirectory.TeamId
        ? ConnectorResult.Ok(new
        {
            id = LocalDirectory.TeamId,
            name = LocalDirectory.TeamName,
            aadGroupId = LocalDirectory.TeamGroupId,
            tenantId = LocalDirectory.TenantId,
            type = "standard",
            channelCount = LocalDirectory.Channels.Length,
            memberCount = LocalDirectory.People.Length,
        })
        : ConnectorResult.NoConversation;

    /// <summary>General has no name, and the team's id.</summary>
    public static ConnectorResult Channels(string teamId) => teamId == LocalDirectory.TeamId
        ? ConnectorResult.Ok(new
        {
            conversations = LocalDirectory.Channels.Select(channel => channel.Id == LocalDirectory.TeamId
                ? new Dictionary<string, string> { ["id"] = channel.Id, ["channelType"] = "standard" }
                : new Dictionary<string, string> { ["id"] = channel.Id, ["name"] = channel.Name, ["channelType"] = "standard" }),
        })
        : ConnectorResult.NoConversation;

    private static object Member(LocalUser person) => new
    {
        id = person.Mri,
        aadObjectId = person.ObjectId,
        name = person.Name,
        givenName = person.GivenName,
        surname = person.Surname,
        email = person.Upn,
        userPrincipalName = person.Upn,
        tenantId = LocalDirectory.TenantId,
        userRole = "user",
    };
}
