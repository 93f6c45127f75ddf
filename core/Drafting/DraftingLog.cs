using DevOpsAI.Common;
using DevOpsAI.Drafting.Intelligence;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Drafting;

internal static partial class DraftingLog
{
    [LoggerMessage(EventId = 2301, Level = LogLevel.Information,
        Message = "Drafted {Incident} of {Tenant}, revision {Revision}, by {Drafter}: {Steps} steps, problem {HasProblem}")]
    public static partial void Drafted(
        this ILogger logger, IncidentId incident, TenantId tenant, int revision, string drafter, int steps, bool hasProblem);

    [LoggerMessage(EventId = 2302, Level = LogLevel.Warning,
        Message = "Vendor gave no answer while drafting {Incident} of {Tenant}, try {Attempt} of {Tries}: {Reason}")]
    public static partial void VendorSilent(
        this ILogger logger, IncidentId incident, TenantId tenant, int attempt, int tries, UntrustedText reason);

    [LoggerMessage(EventId = 2305, Level = LogLevel.Information,
        Message = "The vendor answers again: {Incident} of {Tenant} is drafted anew, instead of revision {Revision}")]
    public static partial void VendorAnswers(this ILogger logger, IncidentId incident, TenantId tenant, int revision);

    [LoggerMessage(EventId = 2306, Level = LogLevel.Warning, Message = "Vendors that were away could not be asked again for {Tenant}")]
    public static partial void AwayFailed(this ILogger logger, TenantId tenant, Exception problem);

    [LoggerMessage(EventId = 2307, Level = LogLevel.Warning,
        Message = "No draft by the model for {Incident} of {Tenant}: {Why}; the draft without it is taken")]
    public static partial void ModelFellBack(this ILogger logger, IncidentId incident, TenantId tenant, ModelFailure why);

    [LoggerMessage(EventId = 2308, Level = LogLevel.Error, Message = "The model's connector broke its contract")]
    public static partial void ModelBroken(this ILogger logger, Exception broken);

    [LoggerMessage(EventId = 2309, Level = LogLevel.Information, Message = "Recommendations are drafted with the model {Deployment}")]
    public static partial void ModelInUse(this ILogger logger, string deployment);

    [LoggerMessage(EventId = 2310, Level = LogLevel.Information,
        Message = "No model is configured (Intelligence:Endpoint): runbooks draft alone")]
    public static partial void NoModel(this ILogger logger);

    [LoggerMessage(EventId = 2304, Level = LogLevel.Information, Message = "{Count} runbooks are in force; folder of own ones: {Folder}")]
    public static partial void RunbooksInForce(this ILogger logger, int count, string folder);
}
