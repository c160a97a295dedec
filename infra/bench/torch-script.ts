/**
 * The same step in PyTorch: the same rows, initial parameters, order of rows and noise of the first steps; then noise of its own. It is
 * told its case by a JSON file, answers on standard output line by line, and speaks as `train-messages.ts` has it.
 */
export const TORCH_SCRIPT = `
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import torch, torch.nn as nn, torch.nn.functional as F
spec = json.load(open(sys.argv[1]))
torch.set_num_threads(spec["threads"])
torch.manual_seed(1)
B, U, rows = spec["batch"], spec["shape"]["units"], spec["rows"]

def floats(path, *shape):
    with open(path, "rb") as f: return torch.frombuffer(bytearray(f.read()), dtype=torch.float32).reshape(shape)

class Mlp(nn.Module):
    def __init__(self, width, hidden, units):
        super().__init__()
        self.encoder, self.code = nn.Linear(width, hidden), nn.Linear(hidden, 2 * units)
        self.decoder, self.output = nn.Linear(units, hidden), nn.Linear(hidden, width)
    def layers(self): return [self.encoder, self.code, self.decoder, self.output]
    def take(self, values):
        for layer in self.layers():
            layer.weight.copy_(values.pop(0).t()); layer.bias.copy_(values.pop(0))
    def forward(self, x, noise, y):
        mu, log_var = self.code(F.relu(self.encoder(x))).chunk(2, 1)
        out = self.output(F.relu(self.decoder(mu + torch.exp(0.5 * log_var) * noise)))
        mu, log_var, out = mu.float(), log_var.float(), out.float()
        kl = 0.5 * (mu.square() + log_var.exp() - log_var - 1).sum(1)
        return (0.5 * (out - x).square().sum(1) + kl).mean()

class DbVae(nn.Module):
    CHANNELS, KERNELS = [3, 12, 24, 48, 72], [5, 5, 3, 3]
    def __init__(self, units):
        super().__init__()
        c, k = self.CHANNELS, self.KERNELS
        self.down = nn.ModuleList([nn.Conv2d(c[i], c[i + 1], k[i], 2, k[i] // 2, bias=False) for i in range(4)])
        self.down_norm = nn.ModuleList([nn.BatchNorm2d(c[i + 1], eps=1e-3) for i in range(4)])
        self.up = nn.ModuleList([nn.ConvTranspose2d(c[i + 1], c[i], k[i], 2, k[i] // 2, 1, bias=i == 0) for i in range(4)])
        self.up_norm = nn.ModuleList([nn.Identity() if i == 0 else nn.BatchNorm2d(c[i], eps=1e-3) for i in range(4)])
        self.encoder, self.code = nn.Linear(1152, 512), nn.Linear(512, 2 * units + 1)
        self.decoder, self.maps = nn.Linear(units, 512), nn.Linear(512, 1152)
        self.log_scale = nn.Parameter(torch.zeros(1))
        self.units = units
    def take(self, values):
        for i in range(4):
            self.down[i].weight.copy_(values.pop(0).flip(0, 1).permute(3, 2, 0, 1))
            for part in (self.down_norm[i].weight, self.down_norm[i].bias, self.down_norm[i].running_mean, self.down_norm[i].running_var): part.copy_(values.pop(0))
        for i in range(4):
            self.up[i].weight.copy_(values.pop(0).flip(0, 1).permute(3, 2, 0, 1))
            norm = self.up_norm[i]
            for part in ([self.up[0].bias] if i == 0 else [norm.weight, norm.bias, norm.running_mean, norm.running_var]): part.copy_(values.pop(0))
        for layer in (self.encoder, self.code, self.decoder, self.maps):
            layer.weight.copy_(values.pop(0).t()); layer.bias.copy_(values.pop(0))
        # ours has channels last where these two meet the maps, and pads the bottom right where torch pads the top left: all images are turned by 180 degrees
        swap = torch.arange(1152).reshape(4, 4, 72).flip(0, 1).permute(2, 0, 1).reshape(-1)
        self.encoder.weight.copy_(self.encoder.weight[:, swap].clone())
        self.maps.weight.copy_(self.maps.weight[swap].clone())
    def forward(self, x, noise, y):
        h = x
        for conv, norm in zip(self.down, self.down_norm): h = F.relu(norm(conv(h)))
        code = self.code(F.relu(self.encoder(h.flatten(1))))
        mu, raw, logit = code.split([self.units, self.units, 1], 1)
        log_var = 8 * torch.tanh(raw / 8)
        h = F.relu(self.maps(F.relu(self.decoder(mu + torch.exp(0.5 * log_var) * noise)))).reshape(-1, 72, 4, 4)
        if spec["channelsLast"]: h = h.contiguous(memory_format=torch.channels_last)
        for i in (3, 2, 1): h = F.relu(self.up_norm[i](self.up[i](h)))
        out, mu, log_var, logit = self.up[0](h).float(), mu.float(), log_var.float(), logit.float()
        variance = (4 * self.log_scale).exp() + 0.01
        cost = 0.5 * ((out - x).square().sum((1, 2, 3)) / variance + 12288 * torch.log(2 * torch.pi * variance))
        kl = 0.5 * (mu.square() + log_var.exp() - log_var - 1).sum(1)
        counted = (y[:, 0] != 0).float()
        return (counted * (cost + kl)).mean() + 12288 * F.binary_cross_entropy_with_logits(logit, y)

conv = spec["shape"]["kind"] == "conv"
data = floats(spec["data"], rows, -1)
if conv:
    data = data.reshape(rows, 64, 64, 3).flip(1, 2).permute(0, 3, 1, 2)
    data = data.contiguous(memory_format=torch.channels_last) if spec["channelsLast"] else data.contiguous()
labels = floats(spec["labels"], rows, 1) if spec["labels"] else None
model = DbVae(U) if conv else Mlp(spec["shape"]["width"], spec["shape"]["hidden"], U)
values, start, flat = [], 0, floats(spec["initial"], -1)
for shape in spec["parameters"]:
    size = 1
    for side in shape: size *= side
    values.append(flat[start:start + size].reshape(shape)); start += size
with torch.no_grad(): model.take(values)
if conv and spec["channelsLast"]: model = model.to(memory_format=torch.channels_last)
optimiser = torch.optim.Adam(model.parameters(), lr=spec["rate"], betas=(0.9, 0.999), eps=1e-8, fused=True)

def objective(x, noise, y):
    if spec["precision"] == "float32": return model(x, noise, y)
    with torch.autocast("cpu", dtype=torch.bfloat16): return model(x, noise, y)
if spec["compile"]: objective = torch.compile(objective)
order = [((torch.arange(B) + k * B) * 5) % rows for k in range(rows // B)]
count = 0

def step(noise=None):
    global count
    index = order[count % len(order)]; count += 1
    x = data.index_select(0, index)
    if conv and spec["channelsLast"]: x = x.contiguous(memory_format=torch.channels_last)
    y = labels.index_select(0, index) if labels is not None else None
    optimiser.zero_grad(set_to_none=True)
    loss = objective(x, torch.randn(B, U) if noise is None else noise, y)
    loss.backward()
    optimiser.step()
    return loss

noises = floats(spec["noise"], -1, B, U)
losses = [float(step(noise)) for noise in noises]
print(json.dumps({"losses": losses, "stepsPerCall": 1, "version": torch.__version__ + ", Python " + sys.version.split()[0]}), flush=True)
for line in sys.stdin:
    steps = json.loads(line)["steps"]
    begun = time.perf_counter()
    for _ in range(steps): loss = step()
    loss = float(loss)
    print(json.dumps({"seconds": time.perf_counter() - begun, "loss": loss}), flush=True)
`;
