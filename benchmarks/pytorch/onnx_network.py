"""Evaluates a convolutional ONNX file with PyTorch, so that both sides of a comparison run the same network."""
import onnx
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper


class OnnxNetwork(torch.nn.Module):
    """The nodes that lead to `outputs`, in file order. Float initializers of weight slots become parameters.

    BatchNormalization runs in its inference form: scale and bias are parameters, mean and variance are constants.
    """

    def __init__(self, path, outputs):
        super().__init__()
        graph = onnx.load(path).graph
        self.outputs = outputs
        self.input_name = next(i.name for i in graph.input if i.name not in {t.name for t in graph.initializer})
        self.nodes = _nodes_towards(graph, outputs)
        self.operators = {n.output[0]: (_operator(n), {a.name: helper.get_attribute_value(a) for a in n.attribute})
                          for n in self.nodes if n.op_type != "Constant"}
        self.constants = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}
        for node in self.nodes:
            if node.op_type == "Constant":
                self.constants[node.output[0]] = torch.from_numpy(numpy_helper.to_array(node.attribute[0].t).copy())
        slots = [name for node in self.nodes for name in _weight_slots(node)]
        self.weights = {name: torch.nn.Parameter(self.constants.pop(name)) for name in dict.fromkeys(slots)}
        for name, weight in self.weights.items():
            self.register_parameter(name.replace(".", "/"), weight)

    def load(self, arrays):
        """Takes values by initializer name; a new shape (a replaced head) is taken as it comes."""
        for name, value in arrays.items():
            value = torch.from_numpy(value.copy())
            if name in self.weights:
                self.weights[name].data = value
            elif name in self.constants:
                self.constants[name] = value
            else:
                raise KeyError(f"'{name}' of the initial weights is no initializer of the network")

    def reshape_last_axis(self, output, size):
        """Gives the reshapes in front of the Concat that makes `output` a new last axis (the class count)."""
        producer = {name: node for node in self.nodes for name in node.output}
        for branch in producer[output].input:
            shape = producer[producer[branch].input[1]]
            constant = producer[producer[shape.input[-1]].input[0]].output[0]
            self.constants[constant] = torch.full_like(self.constants[constant], size)

    def forward(self, image):
        values = {self.input_name: image, **self.constants, **self.weights}
        for node in self.nodes:
            if node.op_type != "Constant":
                operator, attributes = self.operators[node.output[0]]
                values[node.output[0]] = operator(attributes, *(values[name] for name in node.input))
        return [values[name] for name in self.outputs]


def _nodes_towards(graph, outputs):
    wanted, kept = set(outputs), []
    for node in reversed(graph.node):
        if wanted.intersection(node.output):
            wanted.update(node.input)
            kept.append(node)
    return kept[::-1]


def _weight_slots(node):
    return {"Conv": node.input[1:], "BatchNormalization": node.input[1:3]}.get(node.op_type, [])


def _operator(node):
    if node.op_type not in _OPERATORS:
        raise NotImplementedError(f"operator {node.op_type} (output '{node.output[0]}') is not written here; "
                                  f"there are {', '.join(_OPERATORS)}")
    return _OPERATORS[node.op_type]


def _conv(a, x, w, b=None):
    top, left, bottom, right = a["pads"]
    assert (top, left) == (bottom, right), "only symmetric padding is written here"
    return F.conv2d(x, w, b, a["strides"], (top, left), a["dilations"], a["group"])


_OPERATORS = {
    "Add": lambda a, x, y: x + y,
    "BatchNormalization": lambda a, x, scale, bias, mean, variance:
        F.batch_norm(x, mean, variance, scale, bias, training=False, eps=a["epsilon"]),
    "Concat": lambda a, *xs: torch.cat(xs, a["axis"]),
    "Conv": _conv,
    "Gather": lambda a, x, i: x[i],
    "Relu": lambda a, x: F.relu(x),
    "Reshape": lambda a, x, shape: x.reshape(shape.tolist()),
    "Shape": lambda a, x: torch.tensor(x.shape),
    "Softmax": lambda a, x: F.softmax(x, a["axis"]),
    "Transpose": lambda a, x: x.permute(a["perm"]),
    "Unsqueeze": lambda a, x: x.reshape(1),
}
