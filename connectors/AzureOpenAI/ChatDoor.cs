using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Text.Json;
using Azure.AI.OpenAI;
using Azure.Core;
using Azure.Identity;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Drafting.Intelligence;
using OpenAI;
using OpenAI.Chat;

namespace DevOpsAI.Connectors.AzureOpenAI;

/// <summary>
/// The SDK's client for one key or identity. Its own retries are off: a service that asks for patience gets it as far as the question's
/// time goes, and one that fails is asked once more.
/// </summary>
internal sealed class ChatDoor
{
    private const int MaxRetries = 2;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly ChatClient client;
    private readonly TimeSpan maxWait;
    private readonly TimeProvider clock;

    /// <param name="key">Null for the machine's identity.</param>
    public ChatDoor(IntelligenceOptions options, string? key, IHttpMessageHandlerFactory handlers, TimeProvider clock)
    {
        (this.clock, maxWait) = (clock, options.Timeout);
        var transport = new HttpClientPipelineTransport(
            new HttpClient(new PooledHandler(handlers), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan });
        var identity = key is null ? GetIdentity(options) : null;
        client = IsAzure(options.Endpoint!)
            ? Azure(options, key, identity, transport).GetChatClient(options.Deployment)
            : Compatible(options, key, identity, transport).GetChatClient(options.Deployment);
    }

    /// <summary>A resource's own address; one that names its version speaks OpenAI's protocol without Azure's paths.</summary>
    public static bool IsAzure(Uri endpoint) => !endpoint.AbsolutePath.TrimEnd('/').EndsWith("/v1", StringComparison.OrdinalIgnoreCase);

    public async Task<ModelReply> AskAsync(ModelQuestion question, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await CompleteAsync(question, cancellationToken);
            }
            catch (ClientResultException refused) when (attempt < MaxRetries && GetWait(refused, attempt) is { } wait && wait < maxWait)
            {
                await Task.Delay(wait, clock, cancellationToken);
            }
            catch (ClientResultException refused)
            {
                return Explain(refused);
            }
            catch (AuthenticationFailedException)
            {
                return new ModelReply.Failed(ModelFailure.Refused, "Entra gave no token for the machine's identity.");
            }
            catch (Exception unread) when (unread is JsonException or FormatException or InvalidOperationException or ArgumentException
                or HttpRequestException or IOException or KeyNotFoundException or NotSupportedException)
            {
                return new ModelReply.Failed(
                    ModelFailure.Unavailable, $"The service answered what cannot be read ({unread.GetType().Name}).");
            }
        }
    }

    /// <summary>
    /// Not awaited here: what an async method waits for is part of its type, and whoever lists our types would load the SDK.
    /// </summary>
    private Task<ModelReply> CompleteAsync(ModelQuestion question, CancellationToken cancellationToken) =>
        client.CompleteChatAsync(GetMessages(question), GetOptions(question), cancellationToken).ContinueWith(
            static answered => Read(answered.GetAwaiter().GetResult()), CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private static ModelReply Read(ChatCompletion completion)
    {
        if (completion.FinishReason == ChatFinishReason.ContentFilter || completion.Refusal is { Length: > 0 })
            return new ModelReply.Failed(ModelFailure.Filtered, "The answer was filtered or refused.");
        var text = string.Concat(completion.Content.Where(static part => part.Kind == ChatMessageContentPartKind.Text)
            .Select(static part => part.Text));
        var finish = completion.FinishReason switch
        {
            ChatFinishReason.Stop => "stop",
            ChatFinishReason.Length => "length",
            var other => other.ToString(),
        };
        return new ModelReply.Answered(
            text, completion.Model ?? "", finish, completion.Usage?.InputTokenCount ?? 0, completion.Usage?.OutputTokenCount ?? 0);
    }

    private static List<ChatMessage> GetMessages(ModelQuestion question)
    {
        List<ChatMessage> messages = [new SystemChatMessage(question.Instructions), new UserChatMessage(question.Material)];
        if (question.Rejected is { Length: > 0 } rejected)
            messages.Add(new AssistantChatMessage(rejected));
        if (question.Errors is { } errors)
            messages.Add(new UserChatMessage($"That answer cannot be used: {errors} Answer again with one JSON object of the schema."));
        return messages;
    }

    private static ChatCompletionOptions GetOptions(ModelQuestion question) => new()
    {
        MaxOutputTokenCount = question.MaxAnswerTokens,
        ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat(
            "recommendation", BinaryData.FromString(question.Schema), jsonSchemaIsStrict: true),
    };

    /// <summary>How long to wait before the question is sent again; null where that is of no use.</summary>
    private static TimeSpan? GetWait(ClientResultException refused, int attempt) => refused.Status switch
    {
        429 or 503 => GetRetryAfter(refused) ?? Pause * (attempt + 1),
        0 or 408 or >= 500 when attempt == 0 => Pause,
        _ => null,
    };

    private static TimeSpan? GetRetryAfter(ClientResultException refused)
    {
        if (refused.GetRawResponse()?.Headers is not { } headers)
            return null;
        if (headers.TryGetValue("retry-after-ms", out var milliseconds)
            && int.TryParse(milliseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var some))
            return TimeSpan.FromMilliseconds(some);
        return headers.TryGetValue("retry-after", out var seconds)
            && int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var whole)
            ? TimeSpan.FromSeconds(whole)
            : null;
    }

    /// <summary>The service's own text stays out: it may quote the question.</summary>
    private static ModelReply.Failed Explain(ClientResultException refused) => refused.Status switch
    {
        429 => new(ModelFailure.Busy, "The service has too much to do (429)."),
        400 when IsFiltered(refused) => new(ModelFailure.Filtered, "The question was filtered (400)."),
        0 or 408 or >= 500 => new(ModelFailure.Unavailable, $"The service failed ({refused.Status})."),
        401 or 403 => new(ModelFailure.Refused, $"The service does not take the key or identity ({refused.Status})."),
        404 => new(ModelFailure.Refused, "The service has no such deployment (404)."),
        _ => new(ModelFailure.Refused, $"The service refused the question ({refused.Status})."),
    };

    private static bool IsFiltered(ClientResultException refused)
    {
        try
        {
            using var body = JsonDocument.Parse(refused.GetRawResponse()!.Content);
            return body.RootElement.GetProperty("error").GetProperty("code").GetString() is "content_filter"
                or "ResponsibleAIPolicyViolation";
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            return false;
        }
    }

    private static AzureOpenAIClient Azure(
        IntelligenceOptions options, string? key, TokenCredential? identity, PipelineTransport transport)
    {
        var settings = Set(new AzureOpenAIClientOptions(), options, transport);
        return identity is null
            ? new AzureOpenAIClient(options.Endpoint, new ApiKeyCredential(key!), settings)
            : new AzureOpenAIClient(options.Endpoint, identity, settings);
    }

    private static OpenAIClient Compatible(
        IntelligenceOptions options, string? key, TokenCredential? identity, PipelineTransport transport)
    {
        var settings = Set(new OpenAIClientOptions { Endpoint = options.Endpoint }, options, transport);
        if (identity is not null)
            settings.AddPolicy(new EntraPolicy(identity), PipelinePosition.BeforeTransport);
        return new(new ApiKeyCredential(key ?? "entra"), settings);
    }

    private static TOptions Set<TOptions>(TOptions settings, IntelligenceOptions options, PipelineTransport transport)
        where TOptions : ClientPipelineOptions
    {
        settings.Transport = transport;
        settings.RetryPolicy = new ClientRetryPolicy(maxRetries: 0);
        settings.NetworkTimeout = options.Timeout;
        return settings;
    }

    private static TokenCredential GetIdentity(IntelligenceOptions options)
    {
        if (options.Identity == "workload")
            return new WorkloadIdentityCredential(new WorkloadIdentityCredentialOptions { ClientId = options.IdentityClientId });
        return new ManagedIdentityCredential(options.IdentityClientId is { Length: > 0 } client
            ? ManagedIdentityId.FromUserAssignedClientId(client)
            : ManagedIdentityId.SystemAssigned);
    }

    /// <summary>Takes a handler of the pool for each request, so that connections are renewed as everywhere else.</summary>
    private sealed class PooledHandler(IHttpMessageHandlerFactory handlers) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var invoker = new HttpMessageInvoker(handlers.CreateHandler(VendorClient.ReadingClient), disposeHandler: false);
            return await invoker.SendAsync(request, cancellationToken);
        }
    }
}
