using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Teams.Settings;

/// <summary>Local mode is the absence of <c>Teams:AppId</c>.</summary>
internal sealed class LocalMode(IOptions<TeamsOptions> options) : ILocalMode
{
    public bool IsLocal { get; } = options.Value.IsLocal;
}
