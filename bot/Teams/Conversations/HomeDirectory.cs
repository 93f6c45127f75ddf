using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Gates;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Teams.Conversations;

/// <summary>
/// How people are called everywhere behind the edge: those of the provider's own directory by their object id alone, as in entries and
/// settings of old, those of any other by <c>directory/object id</c>. Two directories that should draw the same id thus never share a role.
/// </summary>
internal sealed class HomeDirectory(IOptions<TeamsOptions> options)
{
    private const char Between = '/';

    /// <summary>
    /// The registration's directory if its people may speak to the bot, else the first whose may; null in local mode, where there is one.
    /// </summary>
    private readonly DirectoryId? home = options.Value switch
    {
        { IsLocal: true } => null,
        { TenantId: { } own } teams when teams.AllowedTenants.Count == 0
            || teams.AllowedTenants.Contains(own, StringComparer.OrdinalIgnoreCase) => new(own),
        { AllowedTenants: [var first, ..] } => new(first),
        _ => null,
    };

    /// <summary>What to call somebody; null for an id that is none, or whose directory is not known, and who may then do nothing.</summary>
    public PersonId? Call(DirectoryId directory, string? objectId)
    {
        // An id with a directory in it would let whoever writes the activity choose both.
        if (string.IsNullOrEmpty(objectId) || objectId.Contains(Between, StringComparison.Ordinal))
            return null;
        if (home is not { } own || directory == own)
            return PersonId.From(objectId);
        return directory.Value.Length == 0 ? null : PersonId.From($"{directory}{Between}{objectId}".ToLowerInvariant());
    }

    /// <summary>A person as written in settings or typed, called as everywhere else: our own directory may be named or not.</summary>
    public string Written(string person)
    {
        var text = person.Trim();
        return home is { } own && text.Split(Between) is [var directory, var objectId] && new DirectoryId(directory.Trim()) == own
            ? objectId.Trim()
            : text;
    }

    /// <summary>The activity with its people called so. Of the two places that name a directory, the foreign one counts.</summary>
    public Activity Named(Activity activity)
    {
        var directory = activity.DirectoryTenant ?? default;
        if (activity.ChannelData?.Tenant?.Id is { } other && directory == home)
            directory = new(other);
        return activity with
        {
            From = Named(activity.From, directory),
            MembersAdded = activity.MembersAdded is { } added ? [.. added.Select(account => Named(account, directory)!)] : null,
        };
    }

    private Account? Named(Account? account, DirectoryId directory) =>
        account is null ? null : account with { AadObjectId = Call(directory, account.AadObjectId)?.Value };
}

/// <summary>Lets people in settings be written with our own directory or without.</summary>
internal sealed class WrittenPeople(HomeDirectory home) : IPostConfigureOptions<AccessOptions>
{
    public void PostConfigure(string? name, AccessOptions options)
    {
        foreach (var people in options.Roles.Values.SelectMany(static roles => roles.Values).Where(static people => people is not null))
        {
            for (var index = 0; index < people.Count; index++)
                people[index] = home.Written(people[index] ?? "");
        }
        foreach (var absence in options.Absences)
            (absence.Person, absence.Delegate) =
                (home.Written(absence.Person ?? ""), absence.Delegate is { } deputy ? home.Written(deputy) : null);
    }
}
