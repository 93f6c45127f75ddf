namespace DevOpsAI.LocalTeams.People;

/// <summary>The people of Local Teams by what their job title makes of them, for whoever gives out roles.</summary>
internal static class LocalPeople
{
    /// <summary>Job title, which is also the role's name, and Entra object id of everybody.</summary>
    public static IEnumerable<(string Role, string ObjectId)> Roles =>
        LocalDirectory.People.Select(static person => (person.JobTitle, person.ObjectId));
}
