using System.ClientModel.Primitives;
using Azure.Core;

namespace DevOpsAI.Connectors.AzureOpenAI;

/// <summary>
/// A token of Entra in the place of a key, for addresses that the SDK knows only keys for. The identity keeps its token until it expires.
/// </summary>
internal sealed class EntraPolicy(TokenCredential identity) : PipelinePolicy
{
    private static readonly TokenRequestContext Audience = new(["https://cognitiveservices.azure.com/.default"]);

    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        message.Request.Headers.Set("Authorization", $"Bearer {identity.GetToken(Audience, message.CancellationToken).Token}");
        ProcessNext(message, pipeline, currentIndex);
    }

    public override async ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        var token = await identity.GetTokenAsync(Audience, message.CancellationToken);
        message.Request.Headers.Set("Authorization", $"Bearer {token.Token}");
        await ProcessNextAsync(message, pipeline, currentIndex);
    }
}
