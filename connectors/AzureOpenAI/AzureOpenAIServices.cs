using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Drafting.Intelligence;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Connectors.AzureOpenAI;

public static class AzureOpenAIServices
{
    /// <summary>
    /// The model of <c>Intelligence:Endpoint</c>: Azure OpenAI, or another service that speaks OpenAI's protocol. Without that setting
    /// nothing is registered. The SDK is loaded with the first question and not before.
    /// </summary>
    public static IServiceCollection AddAzureOpenAI(this IServiceCollection services, IConfiguration configuration) =>
        string.IsNullOrWhiteSpace(configuration["Intelligence:Endpoint"])
            ? services
            : services.AddVendorCalls().AddSingleton<IDraftModel, AzureOpenAIModel>();
}
