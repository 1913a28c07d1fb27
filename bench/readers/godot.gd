# How Godot 3 plays an imported GLB, without a screen: godot3-server --path PROJECT --script godot.gd FILE TIMES
# Prints what read.py prints.
extends SceneTree

func _init():
	var args = OS.get_cmdline_args()
	var told = Engine.get_version_info()
	var version = "%s.%s.%s" % [told.major, told.minor, told.patch]
	var frames = []
	var packed = load("res://" + args[-2])
	if packed != null:
		var scene = packed.instance()
		get_root().add_child(scene)
		frames = played(find(scene, "MeshInstance"), find(scene, "AnimationPlayer"), parse_json(args[-1]))
	print(JSON.print({"version": version, "frames": frames}))
	quit()

func played(thing, player, times):
	var frames = []
	var base = thing.mesh.surface_get_arrays(0)[ArrayMesh.ARRAY_VERTEX]
	var shapes = thing.mesh.surface_get_blend_shape_arrays(0)
	player.play(player.get_animation_list()[0])
	for time in times:
		player.seek(time, true)
		var weights = []
		for index in range(shapes.size()):
			weights.append(thing.get("blend_shapes/" + thing.mesh.get_blend_shape_name(index)))
		var frame = []
		for vertex in range(base.size()):
			var point = base[vertex]
			for index in range(shapes.size()):
				if weights[index] != 0:
					point += weights[index] * (shapes[index][ArrayMesh.ARRAY_VERTEX][vertex] - base[vertex])
			point = thing.transform.xform(point)
			frame.append([point.x, point.y, point.z])
		frames.append(frame)
	return frames

func find(node, kind):
	if node.is_class(kind):
		return node
	for child in node.get_children():
		var found = find(child, kind)
		if found:
			return found
	return null
