using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Options;

namespace DevOpsAI.LocalTeams;

/// <summary>Raises sample alerts as a vendor does: over HTTP, at the bot's webhook.</summary>
internal sealed partial class Samples(HttpClient http, Addresses addresses, IOptions<LocalTeamsOptions> options, ILogger<Samples> logger)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    public IReadOnlyList<SampleAlert> All => options.Value.Samples;

    /// <summary>Null when it was raised; otherwise one sentence that says why it was not.</summary>
    public async Task<string?> RaiseAsync(SampleAlert sample, CancellationToken cancellationToken)
    {
        foreach (var call in sample.Calls)
        {
            if (await PostAsync(call, cancellationToken) is { } problem)
            {
                LogNotRaised(sample.Id, call.Path, problem);
                return problem;
            }
        }
        return null;
    }

    private async Task<string?> PostAsync(SampleCall call, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(addresses.BotMessages, call.Path));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", call.Bearer);
            request.Content = new StringContent(call.Json, Encoding.UTF8, "application/json");
            using var response = await http.SendAsync(request, timeout.Token);
            return response.IsSuccessStatusCode ? null : $"The alert was not taken: the bot answered {(int)response.StatusCode}.";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "The alert was not taken: the bot did not answer in time.";
        }
        catch (HttpRequestException)
        {
            return "The alert was not taken: the bot could not be reached.";
        }
    }

    [LoggerMessage(EventId = 7106, Level = LogLevel.Warning,
        Message = "Local Teams: the sample alert {Sample} was not raised at {Path}: {Problem}")]
    private partial void LogNotRaised(string sample, string path, string problem);
}
