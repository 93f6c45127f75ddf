namespace DevOpsAI.LocalTeams.Connector;

/// <summary>Members and teams as the connector tells them.</summary>
internal static class Roster
{
    /// <summary>The plain list, deprecated in Teams, which spells the Entra id <c>objectId</c>.</summary>
    public static ConnectorAnswer Members(string conversationId) => Address.Find(conversationId) is { } address
        ? ConnectorAnswer.Ok(Workplace.MembersOf(address.Place).Select(person => new
        {
            id = person.Mri,
            objectId = person.ObjectId,
            name = person.Name,
            givenName = person.GivenName,
            surname = person.Surname,
            email = person.Upn,
            userPrincipalName = person.Upn,
            tenantId = Workplace.TenantId,
            userRole = "user",
        }))
        : ConnectorAnswer.NoConversation;

    /// <summary>Everybody fits on one page, since a page has at least fifty. The total counts the bot.</summary>
    public static ConnectorAnswer Page(string conversationId)
    {
        if (Address.Find(conversationId) is not { } address)
            return ConnectorAnswer.NoConversation;
        var members = Workplace.MembersOf(address.Place).OrderBy(person => person.Mri, StringComparer.Ordinal).Select(Member).ToList();
        return ConnectorAnswer.Ok(new { members, totalCount = members.Count + 1 });
    }

    /// <param name="member">MRI or user principal name.</param>
    public static ConnectorAnswer One(string conversationId, string member)
    {
        if (Address.Find(conversationId) is not { } address)
            return ConnectorAnswer.NoConversation;
        return Workplace.FindPerson(member) is { } person && address.Place.Has(person)
            && (member.StartsWith("29:", StringComparison.Ordinal) || member.Contains('@'))
            ? ConnectorAnswer.Ok(Member(person))
            : ConnectorAnswer.Error(StatusCodes.Status404NotFound, "MemberNotFoundInConversation", "Member not found in conversation");
    }

    public static ConnectorAnswer Team(string teamId) => teamId == Workplace.TeamId
        ? ConnectorAnswer.Ok(new
        {
            id = Workplace.TeamId,
            name = Workplace.TeamName,
            aadGroupId = Workplace.TeamGroupId,
            tenantId = Workplace.TenantId,
            type = "standard",
            channelCount = Workplace.Channels.Length,
            memberCount = Workplace.People.Length,
        })
        : ConnectorAnswer.NoConversation;

    /// <summary>General has no name, and the team's id.</summary>
    public static ConnectorAnswer Channels(string teamId) => teamId == Workplace.TeamId
        ? ConnectorAnswer.Ok(new
        {
            conversations = Workplace.Channels.Select(channel => channel.Id == Workplace.TeamId
                ? new Dictionary<string, string> { ["id"] = channel.Id, ["channelType"] = "standard" }
                : new Dictionary<string, string> { ["id"] = channel.Id, ["name"] = channel.Name, ["channelType"] = "standard" }),
        })
        : ConnectorAnswer.NoConversation;

    private static object Member(Colleague person) => new
    {
        id = person.Mri,
        aadObjectId = person.ObjectId,
        name = person.Name,
        givenName = person.GivenName,
        surname = person.Surname,
        email = person.Upn,
        userPrincipalName = person.Upn,
        tenantId = Workplace.TenantId,
        userRole = "user",
    };
}
